/** Example values for the API reference, from schemas. */
import { type Resource, resourceByType } from '@mintmark/contract'
import { resolved, type Schema } from './api-operations.ts'

/** Values for names whose schema does not say enough. */
const byName: Readonly<Record<string, unknown>> = {
  'allowed-audiences': ['https://mintmark.example.com'],
  'allowed-ips': ['203.0.113.0/24'],
  claim: 'repository',
  client_ip: '203.0.113.9',
  commit: '9fceb02d0ae598e95dc970b74767f19372d61af8',
  description: 'Used by the nightly job.',
  email: 'ann@example.com',
  'expires-in': 1_440,
  'full-name': 'Ann',
  hashes: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  'id-token': 'eyJ…',
  key: 'REGION',
  kinds: ['token.leaked'],
  name: 'nightly',
  overlap: 1_440,
  permissions: ['teams:read'],
  repository: 'acme/shop',
  schedule: '0 6 * * 1',
  'apply-schedule': '0 6 * * 1',
  'destroy-schedule': '0 20 * * 5',
  'service-account-email': 'nightly@main.mintmark.internal',
  'terraform-version': '1.5.7',
  token: 'eyJ…',
  tokens: ['eyJ…'],
  url: 'https://hooks.example.com/mintmark',
  value: 'eu-west-1',
}

export function exampleValue(name: string, given: Schema): unknown {
  const schema = resolved(given)
  if (Object.hasOwn(byName, name) && suits(byName[name], schema)) return byName[name]
  if (schema.default !== undefined && schema.default !== null) return schema.default
  const [first] = (schema.enum ?? []).filter((each) => each !== null)
  if (first !== undefined) return first
  switch (schema.type) {
    case 'boolean':
      return true
    case 'integer':
      return Math.min(schema.maximum ?? 1, Math.max(schema.minimum ?? 1, 1))
    case 'array':
      return [exampleValue(name, schema.items ?? {})]
    case 'object':
      return exampleObject(schema)
    default:
      return exampleText(name, schema)
  }
}

function suits(value: unknown, { type, enum: choices, maximum }: Schema): boolean {
  if (choices && !choices.includes(value)) return false
  if (Array.isArray(value)) return type === 'array'
  return typeof value === 'number' ? type === 'integer' && value <= (maximum ?? value) : type === 'string'
}

/** An identifier has the prefix of its type. */
function exampleObject({ properties = {} }: Schema): Readonly<Record<string, unknown>> {
  const [type] = properties['type']?.enum ?? []
  if (properties['id'] && typeof type === 'string') {
    const rest = Object.entries(properties).filter(([name]) => name !== 'type' && name !== 'id' && name !== 'links')
    return { type, id: exampleId(type), ...exampleMembers(rest) }
  }
  return exampleMembers(Object.entries(properties))
}

const exampleMembers = (entries: readonly (readonly [string, Schema])[]) =>
  Object.fromEntries(entries.map(([name, schema]) => [name, exampleValue(name, schema)]))

export function exampleId(type: string): string {
  if (type === 'permissions') return 'teams:read'
  const resource: Resource | undefined = resourceByType.get(type)
  return `${resource?.prefix || type}-v0o1234567890abcd`
}

function exampleText(name: string, { format, minLength = 0 }: Schema): string {
  if (format === 'date-time') return '2030-01-01T00:00:00Z'
  return name === 'id' ? 'example' : 'example'.padEnd(minLength, '0')
}

/** For tests: a valid body for each endpoint, so that only the caller can be the reason for a refusal. */
import {
  type Attribute,
  type EndpointDeclaration,
  type EndpointName,
  endpoints,
  isCheckedBody,
  kebab,
} from '@mintmark/contract'

/** Values that the schema alone does not determine. */
const values: Readonly<Record<string, unknown>> = {
  redirectUri: 'http://localhost:10000/login',
  codeChallenge: 'a'.repeat(43),
  email: 'someone@mintmark.internal',
}

/** Undefined for an endpoint without a body, or one that parses it itself. */
export function endpointSample(name: EndpointName): Record<string, unknown> | undefined {
  const { body }: EndpointDeclaration = endpoints[name]
  if (!body || !isCheckedBody(body)) return undefined
  return Object.fromEntries(
    Object.entries(body.required).map(([member, attribute]) => [kebab(member), valueFor(member, attribute)]),
  )
}

function valueFor(member: string, { schema }: Attribute): unknown {
  if (member in values) return values[member]
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  if (schema['type'] === 'integer') return schema['minimum'] ?? 1
  return schema['type'] === 'object' ? {} : 'sample'
}

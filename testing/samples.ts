/** Sample values for every writable attribute, generated from the declarations, or listed by name where rules require more. */
import { type Attribute, kebab, type Resource, type Writable } from '@mintmark/contract'

type Schema = {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly minimum?: number
  readonly maximum?: number
}

/** `round` is 1 for a creation and more for updates. Values differ between rounds if the attribute allows it. */
const named: Readonly<Record<string, (number: number, round: number) => unknown>> = {
  'users.email': (number, round) => `Person.${number}.${round}@Mintmark.internal`,
  'users.password': () => 'Pass-w0rd-of-tests',
  'users.status': (_, round) => (round === 1 ? 'Active' : 'Inactive'),
  'access-tokens.permissions': () => ['teams:read', 'environments:*'],
  'access-tokens.scopes': () => ['acc-v0oaaaaaaaaaaaaaa'],
  'access-tokens.expires-in': () => 60,
  'accounts.allowed-ips': () => ['192.0.2.0/24', '10.1.2.3/32', '10.0.0.0/8'],
  'accounts.allowed-ipv6': () => ['2001:db8::/32', '2001:db8:1::1/128'],
  'accounts.confirm-lockout-from': () => '127.0.0.1',
  'workload-identity-providers.url': (number) => `https://issuer.mintmark.internal/realms/${number}`,
  'webhooks.url': (number, round) => `https://hooks.invalid/hooks/${number}/${round}`,
  'webhooks.kinds': () => ['token.leaked', 'webhook.test'],
  'workspaces.terraform-version': (_, round) => `1.${round}.0`,
  'workspaces.execution-mode': (_, round) => (round === 1 ? 'local' : 'remote'),
  'workspaces.operations': (_, round) => round !== 1,
  'workspaces.vcs-repo': (number) => ({
    identifier: `org/repo-${number}`,
    branch: null,
    'version-constraint': '~> 1.2',
    path: 'a/b',
    'trigger-prefixes': ['z', 'a', 'm'],
    'trigger-patterns': null,
    'dry-runs-enabled': true,
    'ingress-submodules': false,
  }),
  'vars.category': () => 'terraform',
  'vars.sensitive': () => false,
}

/** Returns all attributes of a type that are writable in this operation, with their wire names. */
export function samplesOf(
  resource: Resource,
  when: 'create' | 'update',
  number: number,
  round: number,
): Record<string, unknown> {
  const writable: readonly Writable[] = ['always', when]
  return Object.fromEntries(
    Object.entries(resource.attributes)
      .filter(([, attribute]) => writable.includes(attribute.writable))
      .map(([name, attribute]) => [kebab(name), sampleOf(`${resource.type}.${kebab(name)}`, attribute, number, round)]),
  )
}

function sampleOf(path: string, attribute: Attribute, number: number, round: number): unknown {
  return (
    named[path]?.(number, round) ??
    fromSchema(attribute.schema as Schema, `${path.split('.')[1]}-${number}-${round}`, round)
  )
}

function fromSchema(schema: Schema, word: string, round: number): unknown {
  if (schema.enum) return schema.enum[round % schema.enum.length]
  if (schema.type === 'boolean') return round % 2 === 1
  if (schema.type === 'integer') return Math.min((schema.minimum ?? 0) + round, schema.maximum ?? round)
  if (schema.type === 'array')
    return [fromSchema(schema.items ?? {}, `z-${word}`, round), fromSchema(schema.items ?? {}, `a-${word}`, round)]
  if (schema.type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, inner]) => [
        name,
        fromSchema(inner, `${word}-${name}`, round),
      ]),
    )
  return word
}

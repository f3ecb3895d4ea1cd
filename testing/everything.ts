/**
 * An authority with one object of every type in one account, a second account, and service accounts for the typical
 * callers: an administrator, an administrator of another account, a member without permissions, and one with another
 * scope.
 */
import type { TestContext } from 'node:test'
import { type Operation, type Resource, resourceByType } from '@mintmark/contract'
import { type Answer, type Authority, document, type StartOptions, startAuthority } from './kit.ts'

export const accountA = 'acc-v0oaaaaaaaaaaaaaa'
export const accountB = 'acc-v0obbbbbbbbbbbbbb'
const ownerId = 'user-v0oaaaaaaaaaaaaaa'
const memberId = 'user-v0ommmmmmmmmmmmmm'
export const adminRole = 'role-t67mjtmd93j62hg'
const minimalRole = 'role-t58u316skvrgk2g'

export type Ids = Readonly<Record<string, string>>

export interface Everything {
  readonly authority: Authority
  /** The ID of account A's object by type. */
  readonly ids: Ids
  readonly tokens: Readonly<Record<'owner' | 'admin' | 'otherAccount' | 'member' | 'elsewhere', string>>
  /** Calls as the administrator of account A by default. */
  call: Authority['call']
  /** Creates another object of a type in account A. */
  create(type: string): Promise<Answer>
  /** Returns the path of an operation with the IDs of account A. */
  pathOf(operation: Operation): string
}

const resources = {
  data: [
    object('users', ownerId, { email: 'owner@mintmark.internal', 'full-name': 'Owner' }),
    object('users', memberId, { email: 'member@mintmark.internal', 'full-name': 'Member' }),
    object('accounts', accountA, { name: 'alpha' }, { owner: { type: 'users', id: ownerId } }),
    object('accounts', accountB, { name: 'beta' }, { owner: { type: 'users', id: ownerId } }),
    object(
      'teams',
      'team-v0oaaaaaaaaaaaaaa',
      { name: 'first' },
      { account: { type: 'accounts', id: accountA }, users: [{ type: 'users', id: memberId }] },
    ),
  ],
}

function object(type: string, id: string, attributes: object, relations: Readonly<Record<string, unknown>> = {}) {
  const relationships = Object.fromEntries(Object.entries(relations).map(([name, data]) => [name, { data }]))
  return { type, id, attributes, relationships }
}

export async function startEverything(
  test: Pick<TestContext, 'after'>,
  options: StartOptions = {},
): Promise<Everything> {
  const authority = await startAuthority(test, { ...options, resources, email: 'owner@mintmark.internal' })
  const owner = authority.prepared.token
  const admin = await serviceAccount(authority, accountA, 'admin', adminRole, ['account', 'accounts', accountA])
  const call: Authority['call'] = (method, path, given = {}) => authority.call(method, path, { token: admin, ...given })
  const ids: Record<string, string> = {
    accounts: accountA,
    users: memberId,
    teams: 'team-v0oaaaaaaaaaaaaaa',
    permissions: 'teams:read',
  }
  let number = 0
  const create = async (type: string): Promise<Answer> => {
    const { path, body, once } = inputFor(type, ids, ++number)
    const made = await call('POST', path, { body, ...(once ? { token: owner } : {}) })
    if (made.status !== 201) throw new Error(`could not create ${type}: ${made.text}`)
    return made
  }
  for (const type of creatable) ids[type] ??= (await create(type)).json.data.id
  const leaked = (await create('access-tokens')).json.data
  await call('POST', '/leaks/report', {
    token: null,
    body: { tokens: [leaked.attributes.token] },
    headers: { 'content-type': 'application/json' },
  })
  ids['revoked-access-tokens'] = leaked.id
  ids['leak-reports'] = (await call('GET', '/leak-reports')).json.data[0].id
  ids['notifications'] = (await call('POST', `/webhooks/${ids['webhooks']}/actions/test`)).json.data.id
  await authority.app.flush()
  ids['audit-events'] = (await call('GET', '/audit-events')).json.data[0].id
  const other = await call('POST', '/environments', { body: document('environments', { name: 'other' }) })
  return {
    authority,
    ids,
    call,
    create,
    pathOf: (operation) => pathOf(operation, ids),
    tokens: {
      owner,
      admin,
      otherAccount: await serviceAccount(authority, accountB, 'other account', adminRole, [
        'account',
        'accounts',
        accountB,
      ]),
      member: await serviceAccount(authority, accountA, 'member', minimalRole, ['account', 'accounts', accountA]),
      elsewhere: await serviceAccount(authority, accountA, 'elsewhere', adminRole, [
        'environment',
        'environments',
        other.json.data.id,
      ]),
    },
  }
}

/** Creates a service account with one role in one scope. Resolves to one of its tokens. */
export async function serviceAccount(
  { call }: Authority,
  account: string,
  name: string,
  role: string,
  [relation, type, id]: readonly [string, string, string],
): Promise<string> {
  const made = await call('POST', '/service-accounts', {
    body: document('service-accounts', { name }, { account: ['accounts', account] }),
  })
  const sa = made.json.data.id as string
  const policy = await call('POST', '/access-policies', {
    body: document(
      'access-policies',
      {},
      { [relation]: [type, id], 'service-account': ['service-accounts', sa], roles: [['roles', role]] },
    ),
  })
  if (policy.status !== 201) throw new Error(`policy refused: ${policy.text}`)
  const minted = await call('POST', `/service-accounts/${sa}/access-tokens`, {
    body: document('access-tokens', { name }),
  })
  return minted.json.data.attributes.token
}

/** Ordered so that each type comes after the types that it refers to. */
export const creatable = [
  'users',
  'tags',
  'provider-configurations',
  'agent-pools',
  'environments',
  'workspaces',
  'vars',
  'roles',
  'service-accounts',
  'teams',
  'access-policies',
  'workload-identity-providers',
  'assume-service-account-policies',
  'access-tokens',
  'webhooks',
] as const

interface Creation {
  readonly path: string
  readonly body: ReturnType<typeof document>
  /** Only a user can create it, so the request uses the owner's token. */
  readonly once?: boolean
}

/** Returns a document that creates an object of a type, with every writable attribute. */
export function inputFor(type: string, ids: Ids, number: number): Creation {
  const at = (kind: string): readonly [string, string] => [kind, ids[kind] ?? '']
  const account = { account: at('accounts') }
  const name = `${type}-${number}`
  const creations: Record<string, () => Creation> = {
    users: () => ({
      path: '/users',
      body: document('users', { email: `someone-${number}@mintmark.internal`, 'full-name': 'Some One' }),
    }),
    tags: () => ({ path: '/tags', body: document('tags', { name }, account) }),
    'provider-configurations': () => ({
      path: '/provider-configurations',
      body: document('provider-configurations', { name, 'provider-name': 'aws' }, account),
    }),
    'agent-pools': () => ({ path: '/agent-pools', body: document('agent-pools', { name, 'is-shared': true }) }),
    environments: () => ({
      path: '/environments',
      body: document('environments', { name }, { ...account, tags: [at('tags')] }),
    }),
    workspaces: () => ({
      path: '/workspaces',
      body: document('workspaces', { name }, { environment: at('environments'), tags: [at('tags')] }),
    }),
    vars: () => ({
      path: '/vars',
      body: document(
        'vars',
        { key: `key_${number}`, value: 'value', category: 'terraform', description: '' },
        { workspace: at('workspaces') },
      ),
    }),
    roles: () => ({
      path: '/roles',
      body: document(
        'roles',
        { name, description: 'May read teams.' },
        { permissions: [['permissions', 'teams:read']] },
      ),
    }),
    'service-accounts': () => ({
      path: '/service-accounts',
      body: document('service-accounts', { name, description: 'For jobs.' }, { ...account, owners: [] }),
    }),
    teams: () => ({
      path: '/teams',
      body: document('teams', { name, description: null }, { ...account, users: [] }),
    }),
    'access-policies': () => ({
      path: '/access-policies',
      body: document('access-policies', {}, { workspace: at('workspaces'), team: at('teams'), roles: [at('roles')] }),
    }),
    'workload-identity-providers': () => ({
      path: '/workload-identity-providers',
      body: document('workload-identity-providers', {
        name,
        url: `https://issuer-${number}.mintmark.internal`,
        'allowed-audiences': ['mintmark'],
      }),
    }),
    'assume-service-account-policies': () => ({
      path: `/service-accounts/${ids['service-accounts']}/assume-policies`,
      body: document(
        'assume-service-account-policies',
        { name, 'claim-conditions': [{ claim: 'sub', value: 'repo:one', operator: 'eq' }] },
        { provider: at('workload-identity-providers') },
      ),
    }),
    'access-tokens': () => ({
      path: `/service-accounts/${ids['service-accounts']}/access-tokens`,
      body: document('access-tokens', { name, description: 'For tests.', 'expires-in': 60 }),
    }),
    webhooks: () => ({
      path: '/webhooks',
      // Reserved for documentation (RFC 5737): nothing is sent to it.
      body: document('webhooks', { url: `https://hooks.invalid/hooks/${number}`, kinds: ['webhook.test'] }, account),
    }),
  }
  const creation = creations[type]
  if (!creation) throw new Error(`There is no document that creates ${type}; add one.`)
  return creation()
}

function pathOf({ path }: Operation, ids: Ids): string {
  return path.replace(/\{(\w+)\}/g, (_, param: string) => encodeURIComponent(ids[typeOf(param)] ?? ''))
}

const typeOf = (param: string): string =>
  [...resourceByType.values()].find((resource: Resource) => resource.param === param)?.type ?? ''

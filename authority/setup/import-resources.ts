/** Imports a JSON:API document into an empty store and keeps its ids. A reference to a missing object fails the whole import. */
import { type Attribute, idOf, kebab, limits, type Resource, resourceByType, systemRoles } from '@mintmark/contract'
import { CannotPrepare } from '../cannot-prepare.ts'
import type { Vault, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { emailKey } from '../database/email-key.ts'
import { translated, UniqueViolation } from '../database/errors.ts'
import { builtInProviderId } from '../identity/identity-providers/identity-provider-view.ts'
import { inventoryWriters } from './import-inventory-store.ts'
import { peopleWriters } from './import-people-store.ts'
import { type ImportRow, rowOf } from './import-row-store.ts'
import { importedProviders } from './imported-provider.ts'

export interface Imported {
  readonly accounts: readonly string[]
  readonly owner: { readonly id: string; readonly email: string }
  readonly members: readonly { readonly account: string; readonly user: string }[]
  readonly count: number
  ownerOf(account: string): string
  /** Security rules by account, if the document has any. */
  readonly rules: ReadonlyMap<string, ImportedObject['values']>
}

/** One object of the document, with validated attributes and the ids of its relationships. */
export interface ImportedObject {
  readonly type: string
  readonly id: string
  readonly values: Readonly<Record<string, unknown>>
}

const order = [
  'identity-providers',
  'users',
  'accounts',
  'account-users',
  'teams',
  'roles',
  'tags',
  'provider-configurations',
  'environments',
  'agent-pools',
  'workspaces',
  'service-accounts',
  'access-policies',
  'vars',
  'workload-identity-providers',
  'assume-service-account-policies',
  'security-rules',
]
const objectsMax = 100_000
const writers = { ...peopleWriters, ...inventoryWriters }

interface ImportOptions {
  readonly host: string
  readonly resources?: unknown
  readonly email?: string
  readonly accountId?: string
  readonly accountName?: string
}

export async function importResources(db: Db, vault: Vault, world: World, options: ImportOptions): Promise<Imported> {
  const loaded = readAll(options)
  refuseMissingReferences(loaded)
  const accounts = loaded.filter(({ type }) => type === 'accounts')
  const people = loaded.filter(({ type }) => type === 'users')
  const rules = loaded.filter(({ type }) => type === 'security-rules')
  const owner = chooseOwner(people, accounts, options.email)
  const ownerOf = (account: string) =>
    options.email === undefined
      ? ((accounts.find(({ id }) => id === account)?.values['ownerId'] as string | undefined) ?? owner.id)
      : owner.id
  const sorted = loaded.toSorted((a, b) => order.indexOf(a.type) - order.indexOf(b.type))
  const providerOf = importedProviders(loaded)
  const loading = { ownerOf, providerOf, accounts: accounts.map(({ id }) => id), host: options.host }
  for (const each of sorted) await writeOne(each, rowOf(db, vault, world, each, loading))
  return {
    accounts: accounts.map(({ id }) => id),
    owner,
    ownerOf,
    count: loaded.length,
    members: membersOf(loaded, accounts, ownerOf),
    rules: new Map(rules.map(({ values }) => [values['accountId'] as string, values])),
  }
}

async function writeOne({ type, id }: ImportedObject, row: ImportRow): Promise<void> {
  try {
    await writers[type]?.(row)
  } catch (error) {
    if (translated(error) instanceof UniqueViolation)
      throw new CannotPrepare(`--from: ${type} ${id}: its name, email address or ID is already in use`)
    throw error
  }
}

function readAll({ resources, accountId, accountName }: ImportOptions): ImportedObject[] {
  const data = (resources as { data?: unknown } | null)?.data
  if (!Array.isArray(data)) throw new CannotPrepare('--from: expected a JSON:API document with an array in data')
  if (data.length > objectsMax) throw new CannotPrepare(`--from: expected at most ${objectsMax} objects in data`)
  const loaded = data.map((each, index) => readOne(each, index)).filter(({ type, id }) => !isBuiltIn(type, id))
  const seen = new Set<string>()
  for (const { type, id } of loaded) {
    if (seen.has(`${type} ${id}`)) throw new CannotPrepare(`--from: ${type} ${id} is a duplicate`)
    seen.add(`${type} ${id}`)
  }
  const accounts = loaded.filter(({ type }) => type === 'accounts')
  if (accounts.length === 0) {
    const values = { name: accountName ?? 'main', allowedIps: [], supportAccessEnabled: false }
    loaded.push({ type: 'accounts', id: accountId ?? 'acc-v0o00000000000000', values })
  }
  const all = loaded.filter(({ type }) => type === 'accounts')
  return all.length === 1 ? loaded.map((each) => withAccount(each, all[0]?.id as string)) : loaded
}

const withoutAccountOnTheWire = new Set(['workload-identity-providers', 'security-rules'])

/** If there is only one account, objects without an account belong to it. */
function withAccount(each: ImportedObject, account: string): ImportedObject {
  const relation = resourceByType.get(each.type)?.relations['account']
  const optional = each.type === 'access-policies' || each.type === 'identity-providers'
  const missing = each.values['accountId'] === undefined || each.values['accountId'] === null
  return (relation || withoutAccountOnTheWire.has(each.type)) && !optional && missing
    ? { ...each, values: { ...each.values, accountId: account } }
    : each
}

function readOne(object: unknown, index: number): ImportedObject {
  const { type, id, attributes, relationships } = (object ?? {}) as Record<string, unknown>
  const at = `--from: data/${index}`
  if (typeof type !== 'string' || !order.includes(type))
    throw new CannotPrepare(`${at}/type: expected one of ${order.join(', ')}`)
  if (typeof id !== 'string' || !/^[a-zA-Z0-9._-]{1,128}$/.test(id))
    throw new CannotPrepare(`${at}/id: expected 1 to 128 letters, digits, dots, dashes or underscores`)
  const resource = resourceByType.get(type) as Resource
  const values: Record<string, unknown> = {}
  readAttributes(resource, (attributes ?? {}) as Record<string, unknown>, `--from: ${type} ${id}`, values)
  readRelations(resource, (relationships ?? {}) as Record<string, unknown>, `--from: ${type} ${id}`, values)
  return { type, id, values }
}

function readAttributes(
  resource: Resource,
  attributes: Record<string, unknown>,
  at: string,
  values: Record<string, unknown>,
): void {
  for (const [name, attribute] of Object.entries(resource.attributes)) {
    const value = attributes[kebab(name)]
    if (value === undefined || value === null) {
      if (attribute.required) throw new CannotPrepare(`${at}: attribute ${kebab(name)} is required`)
      if (value === undefined && attribute.fallback !== undefined) values[name] = attribute.fallback
      continue
    }
    const [fault] = (attribute as Attribute).check(value)
    if (fault) throw new CannotPrepare(`${at}: attribute ${kebab(name)}${fault.at}: ${fault.detail}`)
    values[name] = value
  }
}

function readRelations(
  resource: Resource,
  relationships: Record<string, unknown>,
  at: string,
  values: Record<string, unknown>,
): void {
  for (const [name, { to, many, alwaysEmpty }] of Object.entries(resource.relations)) {
    const data = (relationships[kebab(name)] as { data?: unknown } | undefined)?.data
    if (data === undefined || alwaysEmpty) continue
    const members = Array.isArray(data) ? data : data === null ? [] : [data]
    const ids = members.map((member) => (member as { id?: unknown }).id)
    const isCardinalityRight = many === Array.isArray(data) || data === null
    if (
      !isCardinalityRight ||
      ids.length > limits.relatedIds ||
      ids.some((id) => typeof id !== 'string') ||
      members.some((member) => (member as { type?: unknown }).type !== to)
    ) {
      throw new CannotPrepare(
        `${at}: relationship ${kebab(name)}: expected ${many ? `up to ${limits.relatedIds} identifiers` : 'an identifier'} of type ${to}`,
      )
    }
    values[many ? name : idOf(name)] = many ? ids : (ids[0] ?? null)
  }
}

const isBuiltIn = (type: string, id: string) =>
  (type === 'roles' && systemRoles.some((role) => role.id === id)) ||
  (type === 'identity-providers' && id === builtInProviderId)

/** References to built-in objects and to types that are not imported are not checked. */
function refuseMissingReferences(loaded: readonly ImportedObject[]): void {
  const known = new Set(loaded.map(({ type, id }) => `${type} ${id}`))
  for (const { type, id, values } of loaded) {
    for (const [name, { to, many, alwaysEmpty }] of Object.entries(resourceByType.get(type)?.relations ?? {})) {
      const value = values[many ? name : idOf(name)]
      const ids =
        alwaysEmpty || value === undefined || value === null ? [] : many ? (value as string[]) : [value as string]
      for (const other of ids) {
        if (to === 'permissions' || isBuiltIn(to, other) || known.has(`${to} ${other}`)) continue
        throw new CannotPrepare(
          `--from: ${type} ${id}: relationship ${kebab(name)} refers to ${to} ${other}, which is not in the file`,
        )
      }
    }
  }
}

function chooseOwner(
  people: readonly ImportedObject[],
  accounts: readonly ImportedObject[],
  email: string | undefined,
): { id: string; email: string } {
  const named =
    email === undefined ? undefined : people.find((each) => emailKey(String(each.values['email'])) === emailKey(email))
  if (email !== undefined && !named) throw new CannotPrepare(`--email: no user in the file has the address ${email}`)
  const owned = accounts.flatMap((account) => people.find(({ id }) => id === account.values['ownerId']) ?? [])
  const owner = named ?? owned[0]
  if (!owner) throw new CannotPrepare('--email: required, because no account in the file has an owner')
  if ((owner.values['status'] ?? 'Active') !== 'Active')
    throw new CannotPrepare(`--email: the user ${owner.values['email']} is not active and cannot be the owner`)
  return { id: owner.id, email: owner.values['email'] as string }
}

/** Users are members of the accounts of their memberships, teams and policies; if there are none, of the only account. */
function membersOf(
  loaded: readonly ImportedObject[],
  accounts: readonly ImportedObject[],
  ownerOf: (account: string) => string,
) {
  const pairs = new Map<string, { account: string; user: string }>()
  const add = (account: unknown, user: unknown) => {
    if (typeof account === 'string' && typeof user === 'string' && ownerOf(account) !== user)
      pairs.set(`${account} ${user}`, { account, user })
  }
  const accountOf = new Map(loaded.map(({ id, values }) => [id, values['accountId']]))
  for (const { type, values } of loaded) {
    if (type === 'account-users') add(values['accountId'], values['userId'])
    if (type === 'teams')
      for (const user of (values['users'] as string[] | undefined) ?? []) add(values['accountId'], user)
    if (type === 'access-policies')
      add(values['accountId'] ?? accountOf.get(String(values['environmentId'] ?? '')), values['userId'])
  }
  const withAccounts = new Set([...pairs.values()].map(({ user }) => user))
  for (const { type, id, values } of loaded) {
    if (type !== 'users') continue
    for (const team of (values['teams'] as string[] | undefined) ?? []) add(accountOf.get(team), id)
    if (!withAccounts.has(id) && accounts.length === 1) add(accounts[0]?.id, id)
  }
  return [...pairs.values()]
}

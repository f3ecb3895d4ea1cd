/** What a verdict rests on, as stored. */
import type { Narrowing } from '@mintmark/token'
import type { OwnerKind } from '../context.ts'
import type { Database, Db } from '../database/database.ts'
import { narrowingOf } from '../rights/rights-shelf.ts'

export interface Owner {
  readonly kind: OwnerKind
  readonly id: string
  readonly email: string | null
  readonly active: boolean
  readonly accounts: readonly string[]
}

export interface LiveToken {
  readonly id: string
  readonly hash: Uint8Array
  readonly ownerId: string
  readonly expires: number
  readonly created: number
  readonly narrowing: Narrowing | null
}

const time = (text: string | null): number => (text === null ? Number.POSITIVE_INFINITY : Date.parse(text))

/** Every token that is not revoked, one after the other. */
export async function eachLiveToken(database: Database, see: (token: LiveToken) => void): Promise<void> {
  const columns = 'id, hash, owner_id, expires_at, created_at, permissions, scopes'
  const waiting: { token: Omit<LiveToken, 'narrowing'>; permissions: string | null; scopes: string | null }[] = []
  await database.each(`select ${columns} from access_tokens where revoked_at is null`, (row) => {
    const [id, hash, ownerId, expires, created, permissions, scopes] = row as unknown as [
      string,
      Uint8Array,
      string,
      string | null,
      string,
      string | null,
      string | null,
    ]
    const token = { id, hash, ownerId, expires: time(expires), created: Date.parse(created) }
    if (permissions === null && scopes === null) see({ ...token, narrowing: null })
    else waiting.push({ token, permissions, scopes })
  })
  for (const { token, permissions, scopes } of waiting) {
    see({ ...token, narrowing: await narrowingOf(database.read, permissions, scopes) })
  }
}

export async function findTokens(db: Db, ids: readonly string[]): Promise<(LiveToken & { revoked: boolean })[]> {
  const rows = await db.selectFrom('accessTokens').selectAll().where('id', 'in', ids).execute()
  return Promise.all(rows.map((row) => liveToken(db, row)))
}

export async function findTokenByHash(
  db: Db,
  hash: Uint8Array,
): Promise<(LiveToken & { revoked: boolean }) | undefined> {
  const row = await db.selectFrom('accessTokens').selectAll().where('hash', '=', hash).executeTakeFirst()
  return row && liveToken(db, row)
}

interface TokenRow {
  id: string
  hash: Uint8Array
  ownerId: string
  expiresAt: string | null
  createdAt: string
  permissions: string | null
  scopes: string | null
  revokedAt: string | null
}

async function liveToken(db: Db, row: TokenRow): Promise<LiveToken & { revoked: boolean }> {
  const narrowing = await narrowingOf(db, row.permissions, row.scopes)
  const { id, hash, ownerId } = row
  return {
    id,
    hash,
    ownerId,
    expires: time(row.expiresAt),
    created: Date.parse(row.createdAt),
    narrowing,
    revoked: row.revokedAt !== null,
  }
}

/** All owners, or those with these ids. */
export async function findOwners(db: Db, ids?: readonly string[]): Promise<Owner[]> {
  const users = db.selectFrom('users').select(['id', 'email', 'status'])
  const members = db.selectFrom('accountUsers').select(['accountId', 'userId'])
  const services = db.selectFrom('serviceAccounts').select(['id', 'email', 'status', 'accountId'])
  const pools = db.selectFrom('agentPools').select(['id', 'accountId'])
  const accountsOf = new Map<string, string[]>()
  for (const { userId, accountId } of await (ids ? members.where('userId', 'in', ids) : members)
    .orderBy('createdAt')
    .execute()) {
    accountsOf.set(userId, [...(accountsOf.get(userId) ?? []), accountId])
  }
  const people = await (ids ? users.where('id', 'in', ids) : users).execute()
  const machines = await (ids ? services.where('id', 'in', ids) : services).execute()
  const agents = await (ids ? pools.where('id', 'in', ids) : pools).execute()
  return [
    ...people.map(({ id, email, status }) => owner('user', id, email, status === 'Active', accountsOf.get(id) ?? [])),
    ...machines.map(({ id, email, status, accountId }) =>
      owner('service-account', id, email, status === 'Active', [accountId]),
    ),
    ...agents.map(({ id, accountId }) => owner('agent-pool', id, null, true, [accountId])),
  ]
}

const owner = (
  kind: OwnerKind,
  id: string,
  email: string | null,
  active: boolean,
  accounts: readonly string[],
): Owner => ({
  kind,
  id,
  email,
  active,
  accounts,
})

export async function findNetworks(db: Db): Promise<{ id: string; allowedIps: string[] }[]> {
  const rows = await db.selectFrom('accounts').select(['id', 'allowedIps']).execute()
  return rows.map(({ id, allowedIps }) => ({ id, allowedIps: JSON.parse(allowedIps) as string[] }))
}

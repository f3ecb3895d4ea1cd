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

/** Every token that is not revoked, one after the other. As few columns as will do: there may be a million rows. */
export async function eachLiveToken(database: Database, see: (token: LiveToken) => void): Promise<void> {
  const narrowed: string[] = []
  const isNarrowed = 'case when permissions is null and scopes is null then 0 else 1 end'
  await database.each(
    `select id, hash, owner_id, created_at, expires_at, ${isNarrowed} from access_tokens where revoked_at is null`,
    ([id, hash, ownerId, created, expires, isNarrowed]) => {
      if (isNarrowed === 1) return void narrowed.push(id as string)
      see({
        id: id as string,
        hash: hash as Uint8Array,
        ownerId: ownerId as string,
        expires: time(expires as string | null),
        created: Date.parse(created as string),
        narrowing: null,
      })
    },
  )
  for (let start = 0; start < narrowed.length; start += idsPerQuery) {
    const found = await findTokens(database.read, narrowed.slice(start, start + idsPerQuery))
    for (const token of found) if (!token.revoked) see(token)
  }
}

const idsPerQuery = 500

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

export function findEnds(db: Db, hashes: readonly Uint8Array[]) {
  return db
    .selectFrom('accessTokens')
    .select(['hash', 'ownerId', 'expiresAt', 'revokedAt'])
    .where('hash', 'in', hashes)
    .execute()
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
    .orderBy('accountId')
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

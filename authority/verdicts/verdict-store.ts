/** Reads the rows on which verdicts depend. */

import type { Narrowing, ScopePath } from '@mintmark/token'
import type { OwnerKind } from '../context.ts'
import type { Db, FeedView } from '../database/database.ts'
import { inSlices } from '../database/in-slices.ts'
import { idOfPath, scopePaths } from '../rights/rights-view.ts'

export interface Owner {
  readonly kind: OwnerKind
  readonly id: string
  readonly email: string | null
  readonly active: boolean
  readonly accounts: readonly string[]
  /** Pending revocations: all tokens created until then are refused, except the spared one. */
  readonly revoking?: readonly Revoking[]
}

interface Revoking {
  /** Milliseconds since 1970. */
  readonly createdUntil: number
  readonly sparedTokenId: string | null
}

/** Creation times have a resolution of one second here; in doubt the token is refused. */
export function isBeingRevoked({ revoking }: Owner, tokenId: string, createdSeconds: number): boolean {
  return (
    revoking?.some(
      ({ createdUntil, sparedTokenId }) => createdSeconds * 1_000 <= createdUntil && tokenId !== sparedTokenId,
    ) ?? false
  )
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

/**
 * Calls back with every token that is not revoked, and returns the IDs of those that are narrowed instead, because they need
 * more columns. Selects as few columns as possible: there may be a million rows.
 */
export async function eachLiveToken(view: FeedView, see: (token: LiveToken) => void): Promise<string[]> {
  const narrowed: string[] = []
  const isNarrowed = 'case when permissions is null and scopes is null then 0 else 1 end'
  await view.each(
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
  return narrowed
}

/** As few as verdicts rest on: a write to any of them is published to every node (`watchedTables`). */
const tokenColumns = ['id', 'hash', 'ownerId', 'createdAt', 'expiresAt', 'permissions', 'scopes', 'revokedAt'] as const

export async function findTokens(db: Db, ids: readonly string[]): Promise<(LiveToken & { revoked: boolean })[]> {
  return liveTokens(db, await db.selectFrom('accessTokens').select(tokenColumns).where('id', 'in', ids).execute())
}

/** The first `most` tokens by hash that are not revoked and whose hash prefix is between `first` and `last`, inclusive. */
export async function findTokensBetween(
  db: Db,
  { first, last, most }: { readonly first: number; readonly last: number; readonly most: number },
): Promise<LiveToken[]> {
  const start = (prefix: number) => Uint8Array.of(prefix >> 8, prefix & 255)
  const above = db
    .selectFrom('accessTokens')
    .select(tokenColumns)
    .where('revokedAt', 'is', null)
    .where('hash', '>=', start(first))
    .orderBy('hash')
    .limit(most)
  return liveTokens(db, await (last < 65_535 ? above.where('hash', '<', start(last + 1)) : above).execute())
}

export async function findTokenByHash(
  db: Db,
  hash: Uint8Array,
): Promise<(LiveToken & { revoked: boolean }) | undefined> {
  const rows = await db.selectFrom('accessTokens').select(tokenColumns).where('hash', '=', hash).execute()
  return (await liveTokens(db, rows))[0]
}

export function findEnds(db: Db, hashes: readonly Uint8Array[]) {
  return db
    .selectFrom('accessTokens')
    .select(['id', 'hash', 'ownerId', 'createdAt', 'expiresAt', 'revokedAt'])
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

async function liveTokens(db: Db, rows: readonly TokenRow[]): Promise<(LiveToken & { revoked: boolean })[]> {
  const scopesOf = (row: TokenRow) => (row.scopes === null ? [] : (JSON.parse(row.scopes) as string[]))
  const ids = [...new Set(rows.flatMap(scopesOf))]
  const paths = new Map<string, ScopePath>()
  for (const path of await inSlices(ids, (some) => scopePaths(db, some))) paths.set(idOfPath(path), path)
  return rows.map((row) => {
    const { id, hash, ownerId, permissions, scopes } = row
    // A deleted scope grants nothing.
    const narrowing = {
      permissions: permissions === null ? null : (JSON.parse(permissions) as string[]),
      scopes: scopes === null ? null : scopesOf(row).flatMap((scope) => paths.get(scope) ?? []),
    }
    return {
      id,
      hash,
      ownerId,
      expires: time(row.expiresAt),
      created: Date.parse(row.createdAt),
      narrowing: permissions === null && scopes === null ? null : narrowing,
      revoked: row.revokedAt !== null,
    }
  })
}

/** The number of users, service accounts and agent pools. */
export async function countOwners(db: Db): Promise<number> {
  let count = 0
  for (const table of ['users', 'serviceAccounts', 'agentPools'] as const) {
    const { total } = await db
      .selectFrom(table)
      .select((of) => of.fn.countAll().as('total'))
      .executeTakeFirstOrThrow()
    count += Number(total)
  }
  return count
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
  const pending = db.selectFrom('pendingRevocations').select(['ownerId', 'createdUntil', 'sparedTokenId']).orderBy('id')
  const revocations = Map.groupBy(
    await (ids ? pending.where('ownerId', 'in', ids) : pending).execute(),
    (row) => row.ownerId,
  )
  const withRevocations = (each: Owner): Owner => {
    const own = revocations.get(each.id)
    if (!own) return each
    return { ...each, revoking: own.map((row) => ({ ...row, createdUntil: Date.parse(row.createdUntil) })) }
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
  ].map(withRevocations)
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
  const rows = await db.selectFrom('accounts').select(['id', 'allowedIps', 'allowedIpv6']).orderBy('id').execute()
  return rows.map(({ id, allowedIps, allowedIpv6 }) => ({
    id,
    allowedIps: [...(JSON.parse(allowedIps) as string[]), ...(JSON.parse(allowedIpv6) as string[])],
  }))
}

/**
 * Compares the replica with the database, one part at a time, and repairs differences. The change feed keeps the two equal, so
 * every difference reveals another failure and is an alarm.
 */
import type { Grant } from '@mintmark/token'
import type { FeedView } from '../database/database.ts'
import { findGrants } from '../rights/rights-view.ts'
import { type Replica, readNetworks } from './replica.ts'
import { hashPrefixes, prefixOf } from './token-index.ts'
import { countOwners, findOwners, findTokensBetween, type LiveToken, type Owner } from './verdict-store.ts'

export interface Differences {
  /** Present in the database only. */
  missingTokens: number
  /** Present in the replica only: they were accepted although no valid row exists. */
  extraTokens: number
  changedTokens: number
  owners: number
  /** 1 if any allow list differed. */
  networks: number
  grants: number
}

/** Small, because a turn blocks everything else. */
const tokensPerTurn = 1_000
const tokensPerTurnMax = 2_000
const ownersPerTurn = 200
const grantsPerTurn = 10

interface Checked {
  readonly replica: Replica
  readonly view: FeedView
  readonly grants: ReadonlyMap<string, Promise<readonly Grant[]>>
  /** False if the database changed in the meantime, so that the data cannot be compared. */
  isCurrent(): boolean
}

/** The start of the next turn. Each turn checks one range of tokens and one slice of owners and of grants. */
export interface Progress {
  range: number
  owner: number
  grant: number
}

export const begin = (): Progress => ({ range: 0, owner: 0, grant: 0 })

export const noDifferences = (): Differences => ({
  missingTokens: 0,
  extraTokens: 0,
  changedTokens: 0,
  owners: 0,
  networks: 0,
  grants: 0,
})

/**
 * Checks and repairs the next part, and counts the differences in `found`, even if it fails later. The replica must be at the
 * snapshot of the view.
 */
export async function reconcile(progress: Progress, checked: Checked, found: Differences): Promise<void> {
  await reconcileTokens(progress, checked, found)
  found.owners += await reconcileOwners(progress, checked)
  found.networks += await reconcileNetworks(checked)
  found.grants += await countStaleGrants(progress, checked)
}

export const isDifferent = (found: Differences): boolean => Object.values(found).some((count) => count > 0)

interface Range {
  readonly first: number
  readonly last: number
  readonly rows: readonly LiveToken[]
}

/** A range of the first two bytes of the hash. It ends earlier if the database has far more rows than the replica. */
async function nextRange(progress: Progress, { replica, view }: Checked): Promise<Range> {
  const width = Math.max(1, Math.floor(hashPrefixes / Math.ceil((replica.tokens.size + 1) / tokensPerTurn)))
  const first = progress.range
  const end = Math.min(hashPrefixes, first + width) - 1
  const most = tokensPerTurnMax + 1
  const some = await findTokensBetween(view.db, { first, last: end, most })
  const isWhole = some.length < most
  const last = isWhole ? end : Math.max(first, prefixOf(some.at(-1)?.hash ?? new Uint8Array(2), 0) - 1)
  progress.range = (last + 1) % hashPrefixes
  if (isWhole) return { first, last, rows: some }
  const rows = some.filter(({ hash }) => prefixOf(hash, 0) <= last)
  if (rows.length < most) return { first, last, rows }
  // All rows share their first two bytes.
  return { first, last, rows: await findTokensBetween(view.db, { first, last, most: Number.MAX_SAFE_INTEGER }) }
}

async function reconcileTokens(progress: Progress, checked: Checked, found: Differences): Promise<void> {
  const { replica, isCurrent } = checked
  const { first, last, rows } = await nextRange(progress, checked)
  if (!isCurrent()) return
  for (const row of rows) {
    const at = replica.tokens.find(row.hash)
    if (at >= 0 && isSameToken(replica, at, row)) continue
    found[at < 0 ? 'missingTokens' : 'changedTokens'] += 1
    replica.putToken(row)
  }
  if (replica.tokens.countBetween(first, last) === rows.length) return
  const stored = new Set(rows.map(({ hash }) => Buffer.from(hash).toString('latin1')))
  for (const hash of replica.tokens.hashesBetween(first, last)) {
    if (stored.has(hash.toString('latin1'))) continue
    replica.removeToken(hash)
    found.extraTokens += 1
  }
}

function isSameToken(replica: Replica, at: number, row: LiveToken): boolean {
  const { tokens } = replica
  return (
    tokens.expiresAt(at) === row.expires &&
    tokens.ownerOf(at) === replica.ownerNumber(row.ownerId) &&
    tokens.idOf(at) === row.id &&
    isSame(replica.narrowing(row.id), row.narrowing)
  )
}

async function reconcileOwners(progress: Progress, { replica, view, isCurrent }: Checked): Promise<number> {
  const known = replica.ownerIds()
  const ids = known.slice(progress.owner, progress.owner + ownersPerTurn)
  progress.owner = progress.owner + ownersPerTurn < known.length ? progress.owner + ownersPerTurn : 0
  const rows = new Map((await findOwners(view.db, ids)).map((owner) => [owner.id, owner]))
  const total = await countOwners(view.db)
  if (!isCurrent()) return 0
  const stored = new Map<string, Owner | undefined>(ids.map((id) => [id, rows.get(id)]))
  let found = [...stored].filter(([id, owner]) => !isSame(replica.owner(id), owner)).length
  if (found === 0 && total !== known.filter((id) => replica.owner(id)).length) {
    // An owner is missing in the replica, or was deleted in the database: rare enough to read all of them.
    const all = new Map((await findOwners(view.db)).map((owner) => [owner.id, owner]))
    if (!isCurrent()) return 0
    for (const id of new Set([...known, ...all.keys()])) stored.set(id, all.get(id))
    found = [...stored].filter(([id, owner]) => !isSame(replica.owner(id), owner)).length
  }
  if (found > 0) replica.setOwners(stored)
  return found
}

async function reconcileNetworks({ replica, view, isCurrent }: Checked): Promise<number> {
  const stored = await readNetworks(view.db)
  if (!isCurrent() || stored.source === replica.networks.source) return 0
  replica.networks = stored
  return 1
}

/** If any are stale, the caller drops all cached grants. */
async function countStaleGrants(progress: Progress, { replica, view, grants, isCurrent }: Checked): Promise<number> {
  const cached = [...grants].slice(progress.grant, progress.grant + grantsPerTurn)
  progress.grant = progress.grant + grantsPerTurn < grants.size ? progress.grant + grantsPerTurn : 0
  let found = 0
  for (const [ownerId, promise] of cached) {
    const owner = replica.owner(ownerId)
    const known = await promise.catch(() => undefined)
    if (!owner || !known) continue
    const stored = await findGrants(view.db, owner.kind, ownerId)
    if (isCurrent() && !isSame(inOrder(known), inOrder(stored))) found += 1
  }
  return found
}

const inOrder = (grants: readonly Grant[]): string[] =>
  grants.map(({ scope, permissions }) => JSON.stringify([scope, permissions.toSorted()])).toSorted()

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

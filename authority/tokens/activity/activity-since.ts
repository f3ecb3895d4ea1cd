/** Activity of a token since it leaked, and other tokens that were used from the same new networks. */
import type { Db } from '../../database/database.ts'
import { findDerived } from '../access-token-store.ts'
import { listDerived } from '../derived-token-store.ts'
import {
  listActivity,
  listSiblings,
  otherNetworks,
  type SuspectedHolder,
  type TokenActivity,
} from './token-activity-store.ts'

interface Leaked {
  readonly tokenId: string
  /** When it leaked. */
  readonly since: string
}

interface ActivitySinceLeak
  extends Pick<TokenActivity, 'network' | 'operation' | 'times' | 'denied' | 'firstAt' | 'lastAt'> {
  /** Whether the token was never used from this network before. */
  readonly isNew: boolean
}

interface Sibling {
  readonly token: string
  readonly name: string | null
  readonly lastCharacters: string
  /** Null for a token that the leaked token created. */
  readonly network: string | null
}

const usesMax = 100
const derivedMax = 100

/** Returns the uses of each token since it leaked, without rejected requests. `times` and `denied` include earlier uses. */
export async function activitySince(db: Db, leaks: readonly Leaked[]): Promise<(leak: Leaked) => ActivitySinceLeak[]> {
  const uses = Map.groupBy(
    await listActivity(db, [...new Set(leaks.map(({ tokenId }) => tokenId))]),
    (use) => use.tokenId,
  )
  return ({ tokenId, since }) => {
    const all = (uses.get(tokenId) ?? []).filter(({ times }) => times > 0)
    const before = new Set(all.filter(({ firstAt }) => firstAt < since).map(({ network }) => network))
    return all
      .filter(({ lastAt }) => lastAt >= since)
      .slice(0, usesMax)
      .map(({ tokenId: _, rejected: _rejected, ...use }) => ({ ...use, isNew: !before.has(use.network) }))
  }
}

/**
 * Returns, for each leaked token, live tokens that the same holder may have: those of the same owner or account used from the
 * same new networks since then, and those that the token created.
 */
export async function siblingsOf(
  db: Db,
  leaks: readonly { readonly leak: Leaked; readonly uses: readonly ActivitySinceLeak[] }[],
): Promise<Sibling[][]> {
  const holders: SuspectedHolder[] = leaks.map(({ leak, uses }) => {
    const fresh = uses.filter(({ isNew, network }) => isNew && network !== otherNetworks)
    return { ...leak, networks: [...new Set(fresh.map(({ network }) => network))] }
  })
  const suspected = holders.filter(({ networks }) => networks.length > 0)
  const rows = Map.groupBy(await listSiblings(db, suspected), ({ at }) => suspected[at])
  const ids = leaks.map(({ leak }) => leak.tokenId)
  const derived = Map.groupBy(await listDerived(db, ids, derivedMax), ({ at }) => at)
  return holders.map((each, at) => {
    const used = (rows.get(each) ?? []).map(({ id, at: _, ...row }) => ({ token: id, ...row }))
    const known = new Set(used.map(({ token }) => token))
    const created = (derived.get(at) ?? []).filter(({ id }) => !known.has(id))
    return [...used, ...created.map(({ id, at: _, ...row }) => ({ token: id, ...row, network: null }))]
  })
}

/** Returns the tokens that the holder of the leaked token may also have, and all tokens created by any of these. */
export async function tokensOfSameHolder(db: Db, leak: Leaked): Promise<string[]> {
  const [siblings = []] = await siblingsOf(db, [{ leak, uses: (await activitySince(db, [leak]))(leak) }])
  const found = new Set(siblings.map(({ token }) => token))
  for (const id of [leak.tokenId, ...found]) for (const derived of await findDerived(db, id)) found.add(derived)
  return [...found].filter((id) => id !== leak.tokenId)
}

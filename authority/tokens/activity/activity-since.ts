/** What a token was used for since it got out, and which others were used from where only whoever found it is. */
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
  /** When it got out. */
  readonly since: string
}

interface UseSince extends Pick<TokenActivity, 'network' | 'operation' | 'times' | 'firstAt' | 'lastAt'> {
  /** Whether the token was never used from there before. */
  readonly isNew: boolean
}

interface Sibling {
  readonly token: string
  readonly name: string | null
  readonly lastCharacters: string
  /** Null for one that the token created. */
  readonly network: string | null
}

const usesMax = 100
const derivedMax = 100

/** For each token, those uses that came after it got out; `times` counts those before as well. */
export async function activitySince(db: Db, leaks: readonly Leaked[]): Promise<(leak: Leaked) => UseSince[]> {
  const uses = Map.groupBy(
    await listActivity(db, [...new Set(leaks.map(({ tokenId }) => tokenId))]),
    (use) => use.tokenId,
  )
  return ({ tokenId, since }) => {
    const all = uses.get(tokenId) ?? []
    const before = new Set(all.filter(({ firstAt }) => firstAt < since).map(({ network }) => network))
    return all
      .filter(({ lastAt }) => lastAt >= since)
      .slice(0, usesMax)
      .map(({ tokenId: _, ...use }) => ({ ...use, isNew: !before.has(use.network) }))
  }
}

/**
 * For each of them, live tokens that whoever found it may hold too: those of the same owner or account that were used from
 * the same new networks since then, and those that the token created.
 */
export async function siblingsOf(
  db: Db,
  leaks: readonly { readonly leak: Leaked; readonly uses: readonly UseSince[] }[],
): Promise<Sibling[][]> {
  const hands: SuspectedHolder[] = leaks.map(({ leak, uses }) => {
    const fresh = uses.filter(({ isNew, network }) => isNew && network !== otherNetworks)
    return { ...leak, networks: [...new Set(fresh.map(({ network }) => network))] }
  })
  const asked = hands.filter(({ networks }) => networks.length > 0)
  const rows = Map.groupBy(await listSiblings(db, asked), ({ at }) => asked[at])
  const ids = leaks.map(({ leak }) => leak.tokenId)
  const derived = Map.groupBy(await listDerived(db, ids, derivedMax), ({ at }) => at)
  return hands.map((each, at) => {
    const used = (rows.get(each) ?? []).map(({ id, at: _, ...row }) => ({ token: id, ...row }))
    const known = new Set(used.map(({ token }) => token))
    const created = (derived.get(at) ?? []).filter(({ id }) => !known.has(id))
    return [...used, ...created.map(({ id, at: _, ...row }) => ({ token: id, ...row, network: null }))]
  })
}

/** Those that whoever found the token may also hold, and all that these created. */
export async function tokensOfSameHolder(db: Db, leak: Leaked): Promise<string[]> {
  const [siblings = []] = await siblingsOf(db, [{ leak, uses: (await activitySince(db, [leak]))(leak) }])
  const found = new Set(siblings.map(({ token }) => token))
  for (const id of [leak.tokenId, ...found]) for (const derived of await findDerived(db, id)) found.add(derived)
  return [...found].filter((id) => id !== leak.tokenId)
}

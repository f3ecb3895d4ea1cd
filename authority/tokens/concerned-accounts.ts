/**
 * Which accounts a token concerns: its own, or those its owner belongs to; of a token that is narrowed to scopes, those of
 * them that the scopes lie in. Every one of them is told what becomes of the token, and the strictest of their rules counts.
 */
import type { ScopePath } from '@mintmark/token'
import type { Db } from '../database/database.ts'
import { scopePaths } from '../rights/rights-view.ts'
import { findMemberships, findPlaces } from './access-token-store.ts'

/** By id, in a fixed order; empty for a token of nobody's, or one that there is not. */
export async function accountsConcerned(db: Db, tokenId: string): Promise<string[]> {
  return (await accountsConcernedByAll(db, [tokenId])).get(tokenId) ?? []
}

export async function accountsConcernedByAll(
  db: Db,
  tokenIds: readonly string[],
): Promise<ReadonlyMap<string, string[]>> {
  const places = await findPlaces(db, tokenIds)
  const people = places.filter(({ accountId }) => accountId === null).map(({ ownerId }) => ownerId)
  const memberships = Map.groupBy(await findMemberships(db, [...new Set(people)]), ({ userId }) => userId)
  const found = new Map<string, string[]>()
  for (const place of places) {
    const accounts = memberships.get(place.ownerId)?.map(({ accountId }) => accountId) ?? []
    found.set(
      place.id,
      place.accountId === null
        ? await withinScopes(db, place.scopes && JSON.parse(place.scopes), accounts)
        : [place.accountId],
    )
  }
  return found
}

/** Those of the accounts that the scopes lie in. */
export async function withinScopes(
  db: Db,
  scopes: readonly string[] | null,
  accounts: readonly string[],
): Promise<string[]> {
  const all = accounts.toSorted()
  if (scopes === null || all.length < 2) return all
  return accountsIn(await scopePaths(db, scopes), all)
}

/** The same where it is known where the scopes lie. One that is gone, or of an account that was left, says nothing: then all accounts are concerned. */
export function accountsIn(paths: readonly ScopePath[], accounts: readonly string[]): string[] {
  const named = accounts.filter((id) => paths.some(({ account }) => account === id))
  return named.length > 0 ? named : [...accounts]
}

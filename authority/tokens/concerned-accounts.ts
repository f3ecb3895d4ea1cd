/**
 * The accounts that a token concerns: its own, or those of its owner; for a token narrowed to scopes, only the accounts of the
 * scopes. Each of them audits what happens to the token, and the strictest of their security rules applies.
 */
import type { ScopePath } from '@mintmark/token'
import type { Db } from '../database/database.ts'
import { scopePaths } from '../rights/rights-view.ts'
import { findMemberships, findPlaces } from './access-token-store.ts'

/** Sorted by id. Empty if the token does not exist or its owner belongs to no account. */
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

/** Returns the accounts that contain the scopes. */
export async function withinScopes(
  db: Db,
  scopes: readonly string[] | null,
  accounts: readonly string[],
): Promise<string[]> {
  const all = accounts.toSorted()
  if (scopes === null || all.length < 2) return all
  return accountsIn(await scopePaths(db, scopes), all)
}

/** Returns all accounts if none contains a scope, as when a scope was deleted or its account was left. */
export function accountsIn(paths: readonly ScopePath[], accounts: readonly string[]): string[] {
  const named = accounts.filter((id) => paths.some(({ account }) => account === id))
  return named.length > 0 ? named : [...accounts]
}

/**
 * The accounts that a token concerns: its own, or those of its owner; for a token narrowed to scopes, only the accounts of the
 * scopes. Each of them audits what happens to the token, and the strictest of their security rules applies.
 */
import type { ScopePath } from '@mintmark/token'
import type { Db } from '../database/database.ts'
import { accountsIn } from '../rights/accounts-in.ts'
import { scopePaths } from '../rights/rights-view.ts'
import { findMemberships, findOwnerships } from './access-token-store.ts'

/** Sorted by id. Empty if the token does not exist or its owner belongs to no account. */
export async function accountsConcerned(db: Db, tokenId: string): Promise<string[]> {
  return (await accountsConcernedByEach(db, [tokenId])).get(tokenId) ?? []
}

export async function accountsConcernedByEach(
  db: Db,
  tokenIds: readonly string[],
): Promise<ReadonlyMap<string, string[]>> {
  const ownerships = await findOwnerships(db, tokenIds)
  const people = ownerships.filter(({ accountId }) => accountId === null).map(({ ownerId }) => ownerId)
  const memberships = Map.groupBy(await findMemberships(db, [...new Set(people)]), ({ userId }) => userId)
  const found = new Map<string, string[]>()
  for (const ownership of ownerships) {
    const accounts = memberships.get(ownership.ownerId)?.map(({ accountId }) => accountId) ?? []
    found.set(
      ownership.id,
      ownership.accountId === null
        ? await withinScopes(db, ownership.scopes && JSON.parse(ownership.scopes), accounts)
        : [ownership.accountId],
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
  const paths = scopes === null || accounts.length < 2 ? [] : await scopePaths(db, scopes)
  return accountsWithin(paths, scopes, accounts)
}

/** The same for known paths of the scopes. */
export function accountsWithin(
  paths: readonly ScopePath[],
  scopes: readonly string[] | null | undefined,
  accounts: readonly string[],
): string[] {
  const all = accounts.toSorted()
  return scopes ? accountsIn(paths, all) : all
}

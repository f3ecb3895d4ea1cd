import type { Grant, ScopePath } from '@mintmark/token'

/** Returns all accounts if none contains a scope, as when a scope was deleted or its account was left. */
export function accountsIn(paths: readonly ScopePath[], accounts: readonly string[]): string[] {
  const named = accounts.filter((id) => paths.some(({ account }) => account === id))
  return named.length > 0 ? named : [...accounts]
}

/** Accounts whose allowed networks exclude the client are treated as if the owner did not belong to them. */
export const grantsWithin = (grants: readonly Grant[], reachable: readonly string[]): Grant[] =>
  grants.filter(({ scope }) => reachable.includes(scope.account))

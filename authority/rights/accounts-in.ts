import type { ScopePath } from '@mintmark/token'

/** Returns all accounts if none contains a scope, as when a scope was deleted or its account was left. */
export function accountsIn(paths: readonly ScopePath[], accounts: readonly string[]): string[] {
  const named = accounts.filter((id) => paths.some(({ account }) => account === id))
  return named.length > 0 ? named : [...accounts]
}

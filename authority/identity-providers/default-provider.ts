import type { Context } from '../context.ts'
import { findAccountProvider } from './identity-provider-store.ts'

/** Where the people of an account sign in. */
export function defaultIdentityProvider({ db }: Context, accountId: string): Promise<string | null> {
  return findAccountProvider(db, accountId)
}

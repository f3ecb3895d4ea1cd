/**
 * Links identity providers to users, teams and accounts, as Scalr's API does. They do not sign anyone in: sign-in is in
 * `authority/sign-in/`.
 */
import type { Context } from '../../context.ts'
import { addProviderOfAccount, findAccountProvider } from './identity-provider-store.ts'

/** Returns the identity provider of a new team that names none. */
export function defaultIdentityProvider({ db }: Context, accountId: string): Promise<string | null> {
  return findAccountProvider(db, accountId)
}

/** Gives a new user the account's identity provider, unless the user already has one. */
export function assignDefaultProvider({ db }: Pick<Context, 'db'>, userId: string, accountId: string): Promise<void> {
  return addProviderOfAccount(db, userId, accountId)
}

import type { Context } from '../../context.ts'
import { addProviderOfAccount, findAccountProvider } from './identity-provider-store.ts'

/** The provider that a new team of the account carries when none is named. */
export function defaultIdentityProvider({ db }: Context, accountId: string): Promise<string | null> {
  return findAccountProvider(db, accountId)
}

/** Gives a new user of the account its provider; a user who has one keeps it. */
export function giveDefaultProvider({ db }: Pick<Context, 'db'>, userId: string, accountId: string): Promise<void> {
  return addProviderOfAccount(db, userId, accountId)
}

/**
 * Links identity providers to users, teams and accounts, as Scalr's API does. They do not sign anyone in: sign-in is in
 * `authority/sign-in/`.
 */
import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export async function insertIdentityProvider(db: Db, row: Tables['identityProviders']): Promise<void> {
  await db.insertInto('identityProviders').values(row).execute()
}

/** Gives a user the account's identity provider, unless the user already has one. */
export async function addProviderOfAccount(db: Db, userId: string, accountId: string): Promise<void> {
  const known = db.selectFrom('userIdentityProviders').select('userId').where('userId', '=', userId)
  if (await known.executeTakeFirst()) return
  const identityProviderId = await findAccountProvider(db, accountId)
  if (identityProviderId === null) return
  await db.insertInto('userIdentityProviders').values({ userId, identityProviderId }).execute()
}

export async function findAccountProvider(db: Db, accountId: string): Promise<string | null> {
  const row = await db
    .selectFrom('accounts')
    .select('identityProviderId')
    .where('id', '=', accountId)
    .executeTakeFirst()
  return row?.identityProviderId ?? null
}

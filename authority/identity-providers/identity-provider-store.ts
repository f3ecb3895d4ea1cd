import type { Db } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'

export async function insertIdentityProvider(db: Db, row: Tables['identityProviders']): Promise<void> {
  await db.insertInto('identityProviders').values(row).execute()
}

export async function findAccountProvider(db: Db, accountId: string): Promise<string | null> {
  const row = await db
    .selectFrom('accounts')
    .select('identityProviderId')
    .where('id', '=', accountId)
    .executeTakeFirst()
  return row?.identityProviderId ?? null
}

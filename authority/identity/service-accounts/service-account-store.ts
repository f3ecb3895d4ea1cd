import type { Db } from '../../database/database.ts'
import { membersIn, nameCheck } from '../../database/members.ts'
import type { Tables } from '../../database/schema/tables.ts'

export const serviceAccountOwners = membersIn('serviceAccountOwners', 'serviceAccountId', 'teamId')

export const isServiceAccountNameTaken = nameCheck('serviceAccounts', 'accountId')

type Confirmation = 'confirmedAt' | 'confirmedById' | 'confirmedTokenId'

export async function insertServiceAccount(db: Db, row: Omit<Tables['serviceAccounts'], Confirmation>): Promise<void> {
  await db.insertInto('serviceAccounts').values(row).execute()
}

export async function updateServiceAccount(
  db: Db,
  id: string,
  change: Partial<Tables['serviceAccounts']>,
): Promise<void> {
  if (Object.keys(change).length > 0) await db.updateTable('serviceAccounts').set(change).where('id', '=', id).execute()
}

export async function deleteServiceAccount(db: Db, id: string): Promise<void> {
  await db.deleteFrom('serviceAccounts').where('id', '=', id).execute()
}

export function findServiceAccountByEmail(db: Db, email: string) {
  return db.selectFrom('serviceAccounts').selectAll().where('email', '=', email).executeTakeFirst()
}

export async function accountName(db: Db, accountId: string): Promise<string> {
  const row = await db.selectFrom('accounts').select('name').where('id', '=', accountId).executeTakeFirstOrThrow()
  return row.name
}

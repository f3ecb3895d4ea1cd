import type { Db } from '../../database/database.ts'
import { membersIn } from '../../database/members.ts'
import type { Tables } from '../../database/schema/tables.ts'
import type { Voucher } from '../../rights/creator.ts'

export const ssoBypassMembers = membersIn('ssoBypassUsers', 'accountId', 'userId')

export async function updateAccount(db: Db, id: string, change: Partial<Tables['accounts']>): Promise<void> {
  if (Object.keys(change).length > 0) await db.updateTable('accounts').set(change).where('id', '=', id).execute()
}

export async function insertAccount(db: Db, row: Tables['accounts']): Promise<void> {
  await db.insertInto('accounts').values(row).execute()
}

export async function moveOwnerPolicy(db: Db, accountId: string, userId: string): Promise<void> {
  await db
    .updateTable('accessPolicies')
    .set({ userId })
    .where('accountId', '=', accountId)
    .where('isSystem', '=', 1)
    .execute()
}

export async function ownedAccounts(db: Db, userId: string): Promise<string[]> {
  const rows = await db.selectFrom('accounts').select('id').where('ownerId', '=', userId).execute()
  return rows.map(({ id }) => id)
}

export async function isActiveMember(db: Db, accountId: string, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('accountUsers')
    .innerJoin('users', 'users.id', 'accountUsers.userId')
    .select('accountUsers.id')
    .where('accountUsers.accountId', '=', accountId)
    .where('accountUsers.userId', '=', userId)
    .where('users.status', '=', 'Active')
    .executeTakeFirst()
  return row !== undefined
}

export async function insertMembership(
  db: Db,
  row: Omit<Tables['accountUsers'], keyof Voucher>,
  voucher: Voucher = { vouchedById: null, vouchedTokenId: null },
): Promise<void> {
  await db
    .insertInto('accountUsers')
    .values({ ...row, ...voucher })
    .execute()
}

export async function findMembershipId(db: Db, accountId: string, userId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('accountUsers')
    .select('id')
    .where('accountId', '=', accountId)
    .where('userId', '=', userId)
    .executeTakeFirst()
  return row?.id
}

export async function insertInvitation(db: Db, row: Tables['accountInvitations']): Promise<void> {
  await db.insertInto('accountInvitations').values(row).execute()
}

export async function findInvitationId(db: Db, accountId: string, userId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('accountInvitations')
    .select('id')
    .where('accountId', '=', accountId)
    .where('userId', '=', userId)
    .executeTakeFirst()
  return row?.id
}

/** Whether one of the accounts that a person belongs to requires a second factor. */
export async function requiresSecondFactor(db: Db, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('accountUsers')
    .innerJoin('accounts', 'accounts.id', 'accountUsers.accountId')
    .select('accounts.id')
    .where('accountUsers.userId', '=', userId)
    .where('accounts.requireSecondFactor', '=', 1)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether a person has a passkey, or confirmed one-time passwords. */
export async function hasSecondFactor(db: Db, userId: string): Promise<boolean> {
  const passkey = db.selectFrom('passkeys').select('userId').where('userId', '=', userId)
  const oneTimePassword = db
    .selectFrom('oneTimePasswords')
    .select('userId')
    .where('userId', '=', userId)
    .where('confirmedAt', 'is not', null)
  return (await passkey.union(oneTimePassword).executeTakeFirst()) !== undefined
}

/** Removes a user or an invitation from an account, with everything the account granted. */
export async function deleteMembership(db: Db, accountId: string, userId: string): Promise<void> {
  const teams = db.selectFrom('teams').select('id').where('accountId', '=', accountId)
  await db.deleteFrom('teamUsers').where('userId', '=', userId).where('teamId', 'in', teams).execute()
  await db.deleteFrom('accessPolicies').where('userId', '=', userId).where('accountId', '=', accountId).execute()
  await db.deleteFrom('ssoBypassUsers').where('userId', '=', userId).where('accountId', '=', accountId).execute()
  await deleteInvitation(db, accountId, userId)
  await db.deleteFrom('accountUsers').where('userId', '=', userId).where('accountId', '=', accountId).execute()
}

export async function deleteInvitation(db: Db, accountId: string, userId: string): Promise<void> {
  await db.deleteFrom('accountInvitations').where('userId', '=', userId).where('accountId', '=', accountId).execute()
}

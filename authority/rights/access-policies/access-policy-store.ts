import type { Db } from '../../database/database.ts'
import { membersIn } from '../../database/members.ts'
import type { Tables } from '../../database/schema/tables.ts'

export const policyRoles = membersIn('accessPolicyRoles', 'accessPolicyId', 'roleId')

export async function insertPolicy(db: Db, row: Tables['accessPolicies'], roles: readonly string[]): Promise<void> {
  await db.insertInto('accessPolicies').values(row).execute()
  await db
    .insertInto('accessPolicyRoles')
    .values(roles.map((roleId) => ({ accessPolicyId: row.id, roleId })))
    .execute()
}

export async function deletePolicy(db: Db, id: string): Promise<void> {
  await db.deleteFrom('accessPolicies').where('id', '=', id).execute()
}

/** The accounts of the roles. System roles belong to no account. */
export async function accountsOfRoles(db: Db, roles: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('roles')
    .select('accountId')
    .distinct()
    .where('id', 'in', roles)
    .where('accountId', 'is not', null)
    .execute()
  return rows.map(({ accountId }) => accountId as string)
}

export async function accountOfTeam(db: Db, id: string): Promise<string | undefined> {
  return (await db.selectFrom('teams').select('accountId').where('id', '=', id).executeTakeFirst())?.accountId
}

export async function accountOfServiceAccount(db: Db, id: string): Promise<string | undefined> {
  return (await db.selectFrom('serviceAccounts').select('accountId').where('id', '=', id).executeTakeFirst())?.accountId
}

/** Also true for invited users: their policies take effect when they accept. */
export async function belongsTo(db: Db, userId: string, accountId: string): Promise<boolean> {
  for (const table of ['accountUsers', 'accountInvitations'] as const) {
    const row = await db
      .selectFrom(table)
      .select('id')
      .where('userId', '=', userId)
      .where('accountId', '=', accountId)
      .executeTakeFirst()
    if (row) return true
  }
  return false
}

import type { Db } from '../../database/database.ts'
import { membersIn, nameCheck } from '../../database/members.ts'
import type { Tables } from '../../database/schema/tables.ts'

export const rolePermissions = membersIn('rolePermissions', 'roleId', 'permission')

export const isRoleNameTaken = nameCheck('roles', 'accountId')

export async function insertRole(db: Db, row: Tables['roles']): Promise<void> {
  await db.insertInto('roles').values(row).execute()
}

export async function updateRole(db: Db, id: string, change: Partial<Tables['roles']>): Promise<void> {
  if (Object.keys(change).length > 0) await db.updateTable('roles').set(change).where('id', '=', id).execute()
}

export async function deleteRole(db: Db, id: string): Promise<void> {
  await db.deleteFrom('roles').where('id', '=', id).execute()
}

export async function isRoleInUse(db: Db, id: string): Promise<boolean> {
  const row = await db.selectFrom('accessPolicyRoles').select('roleId').where('roleId', '=', id).executeTakeFirst()
  return row !== undefined
}

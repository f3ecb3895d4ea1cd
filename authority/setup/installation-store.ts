import type { Db } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'

export function findInstallation(db: Db) {
  return db.selectFrom('installation').selectAll().executeTakeFirst()
}

export async function insertInstallation(db: Db, row: Tables['installation']): Promise<void> {
  await db.insertInto('installation').values(row).execute()
}

export async function insertSystemRole(db: Db, row: Tables['roles'], permissions: readonly string[]): Promise<void> {
  await db.insertInto('roles').values(row).execute()
  await db
    .insertInto('rolePermissions')
    .values(permissions.map((permission) => ({ roleId: row.id, permission })))
    .execute()
}

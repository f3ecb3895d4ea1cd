import { sql } from 'kysely'
import type { Db } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'

export async function insertUser(db: Db, row: Tables['users']): Promise<void> {
  await db.insertInto('users').values(row).execute()
}

export async function updateUser(db: Db, id: string, change: Partial<Tables['users']>): Promise<void> {
  if (Object.keys(change).length > 0) await db.updateTable('users').set(change).where('id', '=', id).execute()
}

export async function deleteUser(db: Db, id: string): Promise<void> {
  await db.deleteFrom('users').where('id', '=', id).execute()
}

/** E-mail addresses are told apart without regard to case, and kept as they were written. */
export async function findUserIdByEmail(db: Db, email: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('users')
    .select('id')
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst()
  return row?.id
}

/** A person as the sign-in sees them. */
export interface Person {
  readonly id: string
  readonly email: string
  readonly fullName: string | null
  readonly status: string
  readonly passwordHash: string | null
  readonly passwordChangedAt: string | null
  readonly changePasswordOnSignIn: number
}

const asPerson = [
  'id',
  'email',
  'fullName',
  'status',
  'passwordHash',
  'passwordChangedAt',
  'changePasswordOnSignIn',
] as const

export function findPersonById(db: Db, id: string): Promise<Person | undefined> {
  return db.selectFrom('users').select(asPerson).where('id', '=', id).executeTakeFirst()
}

export function findPersonByEmail(db: Db, email: string): Promise<Person | undefined> {
  return db.selectFrom('users').select(asPerson).where(sql`lower(email)`, '=', email.toLowerCase()).executeTakeFirst()
}

import type { Db } from '../../database/database.ts'
import { emailKey } from '../../database/email-key.ts'
import { membersIn } from '../../database/members.ts'
import type { Tables } from '../../database/schema/tables.ts'

export const userIdentityProviders = membersIn('userIdentityProviders', 'userId', 'identityProviderId')

type Optional = 'passwordSetById' | 'passwordSetTokenId'
type UserRow = Omit<Tables['users'], 'emailKey' | Optional> & Partial<Pick<Tables['users'], Optional>>

export async function insertUser(db: Db, row: UserRow): Promise<void> {
  await db
    .insertInto('users')
    .values({ ...row, emailKey: emailKey(row.email) })
    .execute()
}

export async function updateUser(db: Db, id: string, change: Partial<UserRow>): Promise<void> {
  if (Object.keys(change).length === 0) return
  const keyed = change.email === undefined ? change : { ...change, emailKey: emailKey(change.email) }
  await db.updateTable('users').set(keyed).where('id', '=', id).execute()
}

export async function deleteUser(db: Db, id: string): Promise<void> {
  await db.deleteFrom('users').where('id', '=', id).execute()
}

/** Addresses are stored as written and compared by `emailKey`. */
export async function findUserIdByEmail(db: Db, email: string): Promise<string | undefined> {
  const row = await db.selectFrom('users').select('id').where('emailKey', '=', emailKey(email)).executeTakeFirst()
  return row?.id
}

/** The columns of a user that sign-in needs. */
export interface Person {
  readonly id: string
  readonly email: string
  readonly fullName: string | null
  readonly status: string
  readonly passwordHash: string | null
  readonly passwordChangedAt: string | null
  readonly changePasswordOnSignIn: number
  /** The account that created the user. */
  readonly homeAccountId: string | null
  /** The subject that chose the first password, until it is replaced. */
  readonly passwordSetById: string | null
  readonly passwordSetTokenId: string | null
}

const asPerson = [
  'id',
  'email',
  'fullName',
  'status',
  'passwordHash',
  'passwordChangedAt',
  'changePasswordOnSignIn',
  'homeAccountId',
  'passwordSetById',
  'passwordSetTokenId',
] as const

export function findPersonById(db: Db, id: string): Promise<Person | undefined> {
  return db.selectFrom('users').select(asPerson).where('id', '=', id).executeTakeFirst()
}

export function findPersonByEmail(db: Db, email: string): Promise<Person | undefined> {
  return db.selectFrom('users').select(asPerson).where('emailKey', '=', emailKey(email)).executeTakeFirst()
}

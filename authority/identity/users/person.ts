/** The user operations that sign-in needs. */
import type { Context } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import {
  deleteUser,
  findPersonByEmail,
  findPersonById,
  findUserIdByEmail,
  insertUser,
  type Person,
  updateUser,
  userIdentityProviders,
} from './user-store.ts'

export type { Person }
export {
  deleteUser as deletePerson,
  findUserIdByEmail as findPersonIdByEmail,
  insertUser as insertPerson,
  updateUser as updatePerson,
}

export const replaceIdentityProviders = userIdentityProviders.replace
export const personById = (db: Db, id: string): Promise<Person | undefined> => findPersonById(db, id)
export const personByEmail = (db: Db, email: string): Promise<Person | undefined> => findPersonByEmail(db, email)

export async function setPassword({ db, world }: Context, id: string, passwordHash: string): Promise<void> {
  await updateUser(db, id, {
    passwordHash,
    passwordChangedAt: world.now().toISOString(),
    changePasswordOnSignIn: 0,
    passwordSetById: null,
    passwordSetTokenId: null,
  })
}

/** Also removes a first password that another person chose. */
export async function removePassword(db: Db, id: string): Promise<void> {
  await updateUser(db, id, {
    passwordHash: null,
    passwordChangedAt: null,
    changePasswordOnSignIn: 0,
    passwordSetById: null,
    passwordSetTokenId: null,
  })
}

/** Called when the user sets the first credential. */
export async function activate(context: Context, id: string): Promise<void> {
  await updateUser(context.db, id, { status: 'Active' })
}

export const setFullName = ({ db }: Context, id: string, fullName: string | null): Promise<void> =>
  updateUser(db, id, { fullName })

export async function recordSignIn({ db, world }: Pick<Context, 'db' | 'world'>, id: string): Promise<void> {
  await updateUser(db, id, { lastLoginAt: world.now().toISOString() })
}

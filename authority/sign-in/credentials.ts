import type { Db } from '../database/database.ts'
import { personById } from '../users/person.ts'
import { passkeysOf } from './passkeys.ts'

/** Whether a person has a passkey, or a password that they chose themselves. */
export async function hasOwnCredentials(db: Db, userId: string): Promise<boolean> {
  const person = await personById(db, userId)
  if (person?.passwordHash && person.changePasswordOnSignIn === 0) return true
  return (await passkeysOf(db, userId)).length > 0
}

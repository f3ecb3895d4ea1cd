/** What the person of a session must do before the session allows anything else. */
import type { SessionNeeds } from '@mintmark/contract'
import { Refusal } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { hasSecondFactor, requiresSecondFactor } from '../../identity/accounts/second-factor-rule.ts'
import type { Person } from '../../identity/users/person.ts'
import type { Session } from '../sessions.ts'

export async function needsOf(db: Db, person: Person, session: Session): Promise<SessionNeeds | null> {
  if (session.linkId !== null) return 'credential'
  if (person.changePasswordOnSignIn === 1) return 'new-password'
  if (!(await requiresSecondFactor(db, person.id))) return null
  // Otherwise, whoever knows the password of a person with a second factor could add another one.
  if (await hasSecondFactor(db, person.id)) return session.hasSecondFactor === 1 ? null : 'reauthentication'
  return 'second-factor'
}

/** Throws `sign-in-unfinished`, unless the person needs nothing or the request is part of what they need. */
export function refuseUnfinished(needs: SessionNeeds | null, allowed: readonly SessionNeeds[] = []): void {
  if (needs !== null && !allowed.includes(needs)) throw new Refusal('sign-in-unfinished', { detail: details[needs] })
}

const details: Readonly<Record<SessionNeeds, string>> = {
  credential: 'Set a passkey or a new password first.',
  'new-password': 'Set a new password first.',
  'second-factor': 'Your account requires a second factor. Add a passkey or turn on one-time passwords first.',
  reauthentication: 'Your account requires a second factor. Re-authenticate with it first.',
}

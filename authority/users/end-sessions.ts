import { record } from '../audit-events/record.ts'
import { type Context, Refusal } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { refuseRemovalOf } from '../rights/raise.ts'
import { endSessionsOf } from '../sign-in/sessions.ts'
import { accountsOf } from './user-shelf.ts'

/** Signs a person out everywhere. One's own sessions are ended in a session. */
export async function endSessions(context: Context, user: Stored): Promise<void> {
  const { actor } = context
  if (user.id === actor.id && !actor.session)
    throw new Refusal('forbidden', { detail: 'A token cannot end the sessions of its owner.' })
  await refuseRemovalOf(context, 'user', user.id)
  const ended = await endSessionsOf(context, user.id)
  await record(context, {
    action: 'users.sessions-ended',
    accountId: accountsOf(user),
    subjectType: 'users',
    subjectId: user.id,
    after: { ended },
  })
}

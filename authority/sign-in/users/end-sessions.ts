import type { AuditDetails } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import type { UserRecord } from '../../identity/users/user-view.ts'
import { assertMayRemoveRightsOf } from '../../rights/escalation.ts'
import { endSessionsOf } from '../sessions.ts'

/** Signs a user out everywhere. Ending one's own sessions requires a session. */
export async function endSessions(context: Context, user: UserRecord): Promise<AuditDetails> {
  const { actor } = context
  if (user.id === actor.id && !actor.session)
    throw new Refusal('forbidden', { detail: 'A token cannot end the sessions of its owner.' })
  await assertMayRemoveRightsOf(context, 'user', user.id)
  return { audited: { ended: await endSessionsOf(context, user.id) } }
}

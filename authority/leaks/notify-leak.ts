import { limits } from '@mintmark/contract'
import type { Context } from '../context.ts'
import { countNotificationsAbout, notifyAccounts } from '../notifications/notify.ts'
import { confidenceOf } from './decide.ts'
import type { Leak } from './process-reports.ts'

/** Notifies all accounts concerned and the owner: which token, its location, and the action taken, never the token itself. Limited per token and hour. */
export async function notifyLeak(context: Context, { id, token, source, location, actionTaken }: Leak): Promise<void> {
  const hourAgo = new Date(context.world.now().getTime() - 3_600_000)
  if (
    (await countNotificationsAbout(context, 'token.leaked', token.id, hourAgo)) >=
    limits.leakNotificationsPerTokenPerHour
  )
    return
  await notifyAccounts(context, token.accounts, {
    kind: 'token.leaked',
    ownerKind: token.ownerKind,
    ownerId: token.ownerId,
    subjectType: 'access-tokens',
    subjectId: token.id,
    data: {
      report: id,
      token: { id: token.id, name: token.name, 'last-characters': token.lastCharacters },
      source,
      confidence: confidenceOf(source, location),
      location,
      'action-taken': actionTaken,
    },
  })
}

import { Refusal } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { ResultOf, TokenRequest } from '../endpoint-request.ts'
import { markReadUntil } from './reader-store.ts'

/** Marks the notifications of the caller as read, up to a time that is not in the future. */
export async function markNotificationsRead(
  database: Database,
  { caller: { context }, body }: TokenRequest<'markNotificationsRead'>,
): Promise<ResultOf<'markNotificationsRead'>> {
  const { actor, world } = context
  // A leaked token with few permissions could otherwise hide the notification about the leak.
  if (actor.rights.narrowing)
    throw new Refusal('forbidden', {
      detail: 'This requires a token that is not limited to permissions or scopes.',
    })
  const now = world.now()
  const until = body.until === undefined ? now : new Date(Math.min(Date.parse(body.until), now.getTime()))
  await database.withoutTransaction((db) => markReadUntil(db, actor.id, until.toISOString()))
  return {}
}

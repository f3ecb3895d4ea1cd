import type { Context } from '../context.ts'
import { deleteOpenLinks } from './links/link-store.ts'
import { endSessionsOf } from './sessions.ts'

/**
 * Ends all sessions and deletes the open sign-in links and authorization codes of a deactivated person. None of them works
 * again after the person is reactivated.
 */
export async function endSignIn(context: Pick<Context, 'db' | 'world'>, userId: string): Promise<void> {
  await endSessionsOf(context, userId)
  await deleteOpenLinks(context.db, userId)
}

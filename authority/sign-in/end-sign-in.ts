import type { Context } from '../context.ts'
import { deleteOpenLinks } from './links/link-store.ts'
import { endSessionsOf } from './sessions.ts'

/**
 * Ends every session, open one-time link and authorization code of a person who was deactivated. None of them works again
 * when the person is activated.
 */
export async function endSignIn(context: Pick<Context, 'db' | 'world'>, userId: string): Promise<void> {
  await endSessionsOf(context, userId)
  await deleteOpenLinks(context.db, userId)
}

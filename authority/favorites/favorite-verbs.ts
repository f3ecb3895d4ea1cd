import { record } from '../audit-events/record.ts'
import type { Context } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { deleteFavorite, insertFavorite } from './favorite-shelf.ts'

/** The same two verbs for every type that can be marked. */
export function favoriteVerbs(type: 'environments' | 'workspaces') {
  const tell = (context: Context, object: Stored, action: string) =>
    record(context, {
      action: `${type}.${action}`,
      accountId: object.accountId as string,
      subjectType: type,
      subjectId: object.id,
    })
  return {
    favorite: async (context: Context, object: Stored): Promise<void> => {
      await insertFavorite(context.db, context.actor.id, object.id)
      await tell(context, object, 'marked')
    },
    unfavorite: async (context: Context, object: Stored): Promise<void> => {
      await deleteFavorite(context.db, context.actor.id, object.id)
      await tell(context, object, 'unmarked')
    },
  }
}

import { audit } from '../../audit/audit.ts'
import type { Context } from '../../context.ts'
import type { StoredRecord } from '../../database/resource-view.ts'
import { deleteFavorite, insertFavorite } from './favorite-view.ts'

/** Returns the favorite and unfavorite handlers of a resource. */
export function favoriteOperations(type: 'environments' | 'workspaces') {
  const tell = (context: Context, object: StoredRecord, action: string) =>
    audit(context, {
      action: `${type}.${action}`,
      accountId: object.accountId as string,
      subjectType: type,
      subjectId: object.id,
    })
  return {
    favorite: async (context: Context, object: StoredRecord): Promise<void> => {
      await insertFavorite(context.db, context.actor.id, object.id)
      await tell(context, object, 'marked')
    },
    unfavorite: async (context: Context, object: StoredRecord): Promise<void> => {
      await deleteFavorite(context.db, context.actor.id, object.id)
      await tell(context, object, 'unmarked')
    },
  }
}

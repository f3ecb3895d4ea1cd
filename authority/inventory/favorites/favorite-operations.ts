import { audit } from '../../audit/audit.ts'
import type { Context } from '../../context.ts'
import type { RecordInAccount } from '../../database/views/record-of.ts'
import { deleteFavorite, insertFavorite } from './favorite-store.ts'

/** Returns the favorite and unfavorite handlers of a resource. */
export function favoriteOperations(type: 'environments' | 'workspaces') {
  const tell = (context: Context, object: RecordInAccount, action: string) =>
    audit(context, {
      action: `${type}.${action}`,
      accountId: object.accountId,
      subjectType: type,
      subjectId: object.id,
    })
  return {
    favorite: async (context: Context, object: RecordInAccount): Promise<void> => {
      await insertFavorite(context.db, context.actor.id, object.id)
      await tell(context, object, 'marked')
    },
    unfavorite: async (context: Context, object: RecordInAccount): Promise<void> => {
      await deleteFavorite(context.db, context.actor.id, object.id)
      await tell(context, object, 'unmarked')
    },
  }
}

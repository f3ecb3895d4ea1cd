import type { Context } from '../../context.ts'
import type { RecordInAccount } from '../../database/views/record-of.ts'
import { deleteFavorite, insertFavorite } from './favorite-store.ts'

/** Returns the favorite and unfavorite handlers of a resource. */
export const favoriteOperations = () => ({
  favorite: ({ db, actor }: Context, { id }: RecordInAccount): Promise<void> => insertFavorite(db, actor.id, id),
  unfavorite: ({ db, actor }: Context, { id }: RecordInAccount): Promise<void> => deleteFavorite(db, actor.id, id),
})

import { may } from '@mintmark/token'
import type { Context } from '../context.ts'
import type { Db } from '../database/database.ts'
import { findPage } from '../database/views/find-records.ts'
import type { ResourceView } from '../database/views/resource-view.ts'
import { notificationView, ownNotifications } from './notification-view.ts'

/** Counts the notifications that the caller can see and has not marked as read, up to the limit of counts. */
export async function countUnread(lists: Db, { actor, world }: Pick<Context, 'actor' | 'world'>): Promise<number> {
  const { id, tokenId, rights } = actor
  const listing = {
    filters: [{ name: 'isRead', operator: 'in', values: ['false'] } as const, ...ownNotifications({ actor })],
    search: null,
    sort: [],
    page: { number: 1, size: 1 },
    favoritesFirst: false,
  }
  const reach = { everything: true, accounts: [], environments: [], workspaces: [] }
  const { total } = await findPage(lists, notificationView as ResourceView, listing, reach, {
    id,
    tokenId,
    narrowed: Boolean(rights.narrowing),
    now: world.now(),
    may: (permission, scope) => may(rights, permission, scope),
  })
  return total
}

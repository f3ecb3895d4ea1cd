import type { Context } from './context.ts'
import type { Members } from './database/members.ts'

type Check<Rec> = (context: Context, object: Rec, members: readonly string[]) => Promise<void>

/** Returns add, replace and remove handlers for a to-many relation that does not affect verdicts. `check` runs before members are added. */
export function memberOperations<Rec extends { readonly id: string }>(members: Members, check?: Check<Rec>) {
  const added =
    (change: Members['add']) =>
    async (context: Context, object: Rec, ids: string[]): Promise<void> => {
      await check?.(context, object, ids)
      await change(context.db, object.id, ids)
    }
  return {
    add: added(members.add),
    replace: added(members.replace),
    remove: (context: Context, object: Rec, ids: string[]): Promise<void> => members.remove(context.db, object.id, ids),
  }
}

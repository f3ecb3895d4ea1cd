import type { Context } from '../context.ts'
import type { Members } from '../database/members.ts'
import { audit } from './audit.ts'

interface Membership<Rec> {
  readonly type: string
  /** The name of the relation in camelCase. */
  readonly relation: string
  readonly members: Members
  readonly accountOf: (object: Rec) => string
  readonly check?: (context: Context, object: Rec, members: readonly string[]) => Promise<void>
}

/** Returns add, replace and remove handlers for a to-many relation that does not affect verdicts. */
export function memberOperations<Rec extends { readonly id: string }>(membership: Membership<Rec>) {
  const { type, relation, members: table, accountOf, check } = membership
  const handler =
    (change: Members['add'], action: string) =>
    async (context: Context, object: Rec, members: string[]): Promise<void> => {
      if (action !== 'removed') await check?.(context, object, members)
      await change(context.db, object.id, members)
      await audit(context, {
        action: `${type}.${relation}-${action}`,
        accountId: accountOf(object),
        subjectType: type,
        subjectId: object.id,
        after: { [relation]: members },
      })
    }
  return {
    add: handler(table.add, 'added'),
    replace: handler(table.replace, 'replaced'),
    remove: handler(table.remove, 'removed'),
  }
}

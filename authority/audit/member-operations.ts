import type { Context } from '../context.ts'
import { addMembers, removeMembers, replaceMembers } from '../database/members.ts'
import type { StoredRecord } from '../database/resource-view.ts'
import { audit } from './audit.ts'

interface Membership {
  readonly type: string
  /** The name of the relation in camelCase. */
  readonly relation: string
  readonly table: string
  readonly owner: string
  readonly member: string
  readonly check?: (context: Context, object: StoredRecord, members: readonly string[]) => Promise<void>
}

/** Returns add, replace and remove handlers for a to-many relation that does not affect verdicts. */
export function memberOperations({ type, relation, table, owner, member, check }: Membership) {
  const verb =
    (change: typeof addMembers, action: string) =>
    async (context: Context, object: StoredRecord, members: string[]): Promise<void> => {
      if (action !== 'removed') await check?.(context, object, members)
      await change(context.db, table, [owner, object.id], member, members)
      const accountId = type === 'accounts' ? object.id : (object.accountId as string)
      await audit(context, {
        action: `${type}.${relation}-${action}`,
        accountId,
        subjectType: type,
        subjectId: object.id,
        after: { [relation]: members },
      })
    }
  return {
    add: verb(addMembers, 'added'),
    replace: verb(replaceMembers, 'replaced'),
    remove: verb(removeMembers, 'removed'),
  }
}

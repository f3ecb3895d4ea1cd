import { record } from '../audit-events/record.ts'
import { type Context, Refusal } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { setLock } from './lock-store.ts'

/** The same two verbs for every type that can be locked. Locked twice, or unlocked when open, is a 409. */
export function lockVerbs(type: 'environments' | 'workspaces', word: string) {
  return {
    lock: async (context: Context, object: Stored, wish: { reason?: string | null }): Promise<void> => {
      if (object.locked) throw new Refusal('conflict', { detail: `This ${word} is locked already.` })
      const { actor, world, db } = context
      const lockReason = wish.reason ?? null
      await setLock(db, type, object.id, {
        lockedAt: world.now().toISOString(),
        lockReason,
        lockedById: actor.kind === 'user' ? actor.id : null,
      })
      await record(context, {
        action: `${type}.locked`,
        accountId: object.accountId as string,
        subjectType: type,
        subjectId: object.id,
        after: { lockReason },
      })
    },
    unlock: async (context: Context, object: Stored): Promise<void> => {
      if (!object.locked) throw new Refusal('conflict', { detail: `This ${word} is not locked.` })
      await setLock(context.db, type, object.id, { lockedAt: null, lockReason: null, lockedById: null })
      await record(context, {
        action: `${type}.unlocked`,
        accountId: object.accountId as string,
        subjectType: type,
        subjectId: object.id,
      })
    },
  }
}

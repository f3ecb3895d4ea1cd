import type { AuditDetails } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import { setLock } from './lock-store.ts'

interface Lockable {
  readonly id: string
  readonly accountId: string
  readonly locked: boolean
}

/** Returns the lock and unlock handlers of a resource. Locking twice, and unlocking what is not locked, is a 409. */
export function lockOperations(type: 'environments' | 'workspaces', word: string) {
  return {
    lock: async (context: Context, object: Lockable, input: { reason?: string | null }): Promise<AuditDetails> => {
      if (object.locked) throw new Refusal('conflict', { detail: `This ${word} is locked already.` })
      const { actor, world, db } = context
      const lockReason = input.reason ?? null
      await setLock(db, type, object.id, {
        lockedAt: world.now().toISOString(),
        lockReason,
        lockedById: actor.kind === 'user' ? actor.id : null,
      })
      return { audited: { lockReason } }
    },
    unlock: async (context: Context, object: Lockable): Promise<void> => {
      if (!object.locked) throw new Refusal('conflict', { detail: `This ${word} is not locked.` })
      await setLock(context.db, type, object.id, { lockedAt: null, lockReason: null, lockedById: null })
    },
  }
}

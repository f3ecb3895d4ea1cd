import type { World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { newId } from '../ids.ts'
import { insertAuditEvents } from './audit-event-store.ts'

/** Counted refusals of unauthenticated requests. They have no actor. */
export interface CountedEvent {
  readonly action: string
  readonly accountId: string | null
  readonly subjectType: string
  readonly subjectId: string | null
  readonly address: string | null
  readonly requestId: string | null
  readonly after: Readonly<Record<string, unknown>>
  readonly times: number
}

export async function auditCounted(
  { db, world }: { readonly db: Db; readonly world: World },
  events: readonly CountedEvent[],
): Promise<void> {
  const at = world.now().toISOString()
  const rows = events.map((event) => ({
    ...event,
    id: newId(world, 'ae'),
    at,
    actorType: 'system',
    actorId: null,
    tokenId: null,
    tokenLastCharacters: null,
    before: null,
    after: JSON.stringify(event.after),
    position: null,
    seal: null,
  }))
  await insertAuditEvents(db, rows)
}

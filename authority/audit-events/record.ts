/** Tells the audit log what was done, in the transaction of the deed: no row, no deed. */
import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import { insertAuditEvent } from './audit-event-store.ts'

export interface Deed {
  /** Such as `teams.created`. */
  readonly action: string
  readonly accountId: string | null
  readonly subjectType: string
  readonly subjectId: string | null
  /** Only members that are no secret. */
  readonly before?: Record<string, unknown> | null
  readonly after?: Record<string, unknown> | null
}

const actorTypes = { user: 'users', 'service-account': 'service-accounts', 'agent-pool': 'agent-pools' } as const

export async function record({ db, world, actor, request, told }: Context, deed: Deed): Promise<void> {
  const { before, after } = changed(deed.before ?? null, deed.after ?? null)
  await insertAuditEvent(db, {
    id: newId(world, 'ae'),
    accountId: deed.accountId,
    action: deed.action,
    at: world.now().toISOString(),
    actorType: actorTypes[actor.kind],
    actorId: actor.id,
    tokenId: actor.tokenId || null,
    tokenLastCharacters: actor.tokenLastCharacters,
    address: request.address,
    requestId: request.id,
    subjectType: deed.subjectType,
    subjectId: deed.subjectId,
    before,
    after,
    times: 1,
    position: null,
    seal: null,
  })
  told.rows += 1
}

/** Of a change only what differs; of a creation or an end, everything. */
function changed(before: Record<string, unknown> | null, after: Record<string, unknown> | null) {
  const text = (members: Record<string, unknown> | null) => (members === null ? null : JSON.stringify(members))
  if (before === null || after === null) return { before: text(before), after: text(after) }
  const names = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  const pick = (from: Record<string, unknown>) => Object.fromEntries(names.map((name) => [name, from[name] ?? null]))
  return { before: text(pick(before)), after: text(pick(after)) }
}

/** Writes audit events in the transaction of the change they describe, so that neither is committed without the other. */
import type { Context, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { together } from '../database/sharing/shared-writes.ts'
import { newId } from '../ids.ts'
import { insertAuditEvent, insertAuditEvents } from './audit-event-store.ts'

export interface AuditedChange {
  /** For example `teams.created`. */
  readonly action: string
  /** The account concerned. With several accounts, each gets its own event. */
  readonly accountId: string | null | readonly string[]
  readonly subjectType: string
  readonly subjectId: string | null
  /** The user, team or service account that the object belongs to, if it has one. */
  readonly ownerId?: string | null
  /** Never contains a secret. */
  readonly before?: Record<string, unknown> | null
  readonly after?: Record<string, unknown> | null
}

/** What an operation handler adds to the audit event of its operation. Never contains a secret. */
export interface AuditDetails {
  readonly audited?: Readonly<Record<string, unknown>>
}

const actorTypes = {
  user: 'users',
  'service-account': 'service-accounts',
  'agent-pool': 'agent-pools',
  system: 'system',
} as const

/** The parts of the context that an audit event needs. */
export type AuditContext = Pick<Context, 'db' | 'world' | 'actor' | 'request' | 'auditedEvents'>

export async function audit(context: AuditContext, change: AuditedChange): Promise<void> {
  const { db } = context
  await together<Audited, unknown>(db, audit, { context, change }, async (all) => {
    await auditEach(db, all)
    return []
  })
}

interface Audited {
  readonly context: AuditContext
  readonly change: AuditedChange
}

/** Audits several changes in one statement. */
export function auditAll(context: AuditContext, changes: readonly AuditedChange[]): Promise<void> {
  return auditEach(
    context.db,
    changes.map((change) => ({ context, change })),
  )
}

/** Audits changes of several requests, which share the transaction, in one statement. */
export async function auditEach(db: Db, changes: readonly Audited[]): Promise<void> {
  const rows = changes.flatMap(({ context: { world, actor, request, auditedEvents }, change }) => {
    const accounts = accountsOf(change)
    auditedEvents.rows += accounts.length
    return accounts.map((accountId) => ({
      ...rowOf(world, change, accountId),
      actorType: actorTypes[actor.kind],
      actorId: actor.id || null,
      tokenId: actor.tokenId || null,
      tokenLastCharacters: actor.tokenLastCharacters,
      address: request.address,
      requestId: request.id,
    }))
  })
  await insertAuditEvents(db, rows)
}

/** Audits a change that the server made without a request. */
export async function auditUnattended(
  { db, world }: Pick<Context, 'db' | 'world'>,
  change: AuditedChange,
): Promise<void> {
  const noActor = { actorId: null, tokenId: null, tokenLastCharacters: null, address: null, requestId: null }
  for (const accountId of accountsOf(change))
    await insertAuditEvent(db, { ...rowOf(world, change, accountId), actorType: actorTypes.system, ...noActor })
}

/** Sorted, so that two transactions never deadlock on each other; `[null]` if no account is concerned. */
function accountsOf({ accountId }: AuditedChange): readonly (string | null)[] {
  if (accountId === null || typeof accountId === 'string') return [accountId]
  return accountId.length > 0 ? [...new Set(accountId)].toSorted() : [null]
}

function rowOf(world: World, change: AuditedChange, accountId: string | null) {
  return {
    id: newId(world, 'ae'),
    accountId,
    action: change.action,
    at: world.now().toISOString(),
    subjectType: change.subjectType,
    subjectId: change.subjectId,
    ownerId: change.ownerId ?? null,
    ...changedAttributes(change.before ?? null, change.after ?? null),
    times: 1,
    position: null,
    seal: null,
  }
}

/** Returns only the attributes that changed; for a creation or deletion, all of them. */
function changedAttributes(before: Record<string, unknown> | null, after: Record<string, unknown> | null) {
  const text = (members: Record<string, unknown> | null) => (members === null ? null : JSON.stringify(members))
  if (before === null || after === null) return { before: text(before), after: text(after) }
  const names = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  const pick = (from: Record<string, unknown>) => Object.fromEntries(names.map((name) => [name, from[name] ?? null]))
  return { before: text(pick(before)), after: text(pick(after)) }
}

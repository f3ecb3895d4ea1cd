/**
 * Revokes many tokens. A transaction blocks other writes, so it revokes a few hundred at most. If an owner has more, it writes a
 * pending revocation instead: from that commit on the owner's tokens are refused, and later transactions mark them as revoked,
 * one slice each. After a crash the next process continues.
 */
import { type AuditContext, auditAll } from '../audit/audit.ts'
import type { Context, OwnerKind } from '../context.ts'
import type { Database } from '../database/database.ts'
import { newId } from '../ids.ts'
import { findOwnerships } from './access-token-store.ts'
import { accountsConcernedByEach } from './concerned-accounts.ts'
import {
  deletePendingRevocation,
  findLiveTokenIds,
  findNewestCreation,
  insertPendingRevocation,
  markEachRevoked,
  type PendingRevocation,
  takePendingRevocation,
} from './revocation-store.ts'

/** Few enough for one turn of the event loop. */
const tokensPerSlice = 100
/** The maximum that one transaction revokes itself, in slices. */
const tokensPerTransaction = 600

/** The `before` attributes of the audit events. */
type Before = Readonly<Record<string, unknown>>

interface RevokeAllOptions {
  readonly before: Before
  readonly sparedTokenId?: string | null
}

/** Revokes all tokens of an owner and returns their ids; null if there are too many for one transaction. */
export async function revokeAllOf(context: Context, ownerId: string, of: RevokeAllOptions): Promise<string[] | null> {
  const { db, world } = context
  const { before, sparedTokenId = null } = of
  const now = world.now().toISOString()
  // The clock of the node that created it may be ahead of this one.
  const newest = await findNewestCreation(db, ownerId)
  const createdUntil = newest !== null && newest > now ? newest : now
  const some = await findLiveTokenIds(db, { ownerId, createdUntil, sparedTokenId }, tokensPerTransaction + 1)
  if (some.length <= tokensPerTransaction) return revokeEach(context, some, before)
  const concerned = await accountsConcernedByEach(db, some.slice(0, tokensPerSlice))
  await insertPendingRevocation(db, {
    id: newId(world, 'rev'),
    ownerId,
    accounts: JSON.stringify([...new Set([...concerned.values()].flat())]),
    createdUntil,
    sparedTokenId,
    reason: JSON.stringify(before),
    toldBy: JSON.stringify(requester(context)),
  })
  // From here on the owner's tokens are refused: every node reads the pending revocation with the owner.
  return null
}

/**
 * Revokes tokens in the context's transaction, while other requests are served. Returns those that were not revoked before.
 * Audits in every account that a token concerns, or in the `fallback` accounts if they are no longer known.
 */
export async function revokeEach(
  context: AuditContext,
  ids: readonly string[],
  before: Before,
  fallback: readonly string[] = [],
): Promise<string[]> {
  const revoked: string[] = []
  for (let at = 0; at < ids.length; at += tokensPerSlice) {
    if (at > 0) await new Promise(setImmediate)
    const some = await markEachRevoked(
      context.db,
      ids.slice(at, at + tokensPerSlice),
      context.world.now().toISOString(),
    )
    const accounts = await accountsConcernedByEach(context.db, some)
    const event = { action: 'access-tokens.deleted', subjectType: 'access-tokens', before }
    const owners = new Map((await findOwnerships(context.db, some)).map(({ id, ownerId }) => [id, ownerId]))
    const accountOf = (id: string) => (accounts.get(id)?.length ? (accounts.get(id) as string[]) : fallback)
    await auditAll(
      context,
      some.map((id) => ({ ...event, subjectId: id, ownerId: owners.get(id) ?? null, accountId: accountOf(id) })),
    )
    revoked.push(...some)
  }
  return revoked
}

/** Processes pending revocations until none is left for this node, or until `afterSlice` resolves to false. */
export async function continueRevocations(
  database: Database,
  world: Context['world'],
  afterSlice: () => Promise<boolean>,
): Promise<void> {
  while (await database.write((db) => revokeSlice({ db, world }, database.kind))) {
    if (!(await afterSlice())) return
    await new Promise(setImmediate)
  }
}

async function revokeSlice({ db, world }: Pick<Context, 'db' | 'world'>, kind: Database['kind']): Promise<boolean> {
  const pending = await takePendingRevocation(db, kind)
  if (!pending) return false
  const context = { db, world, auditedEvents: { rows: 0 }, ...requesterOf(pending) }
  const ids = await findLiveTokenIds(db, pending, tokensPerSlice)
  await revokeEach(context, ids, JSON.parse(pending.reason), JSON.parse(pending.accounts))
  if (ids.length === tokensPerSlice) return true
  await deletePendingRevocation(db, pending.id)
  return true
}

/** The actor and request that the audit events will name. */
const requester = ({ actor, request }: Context) => ({
  kind: actor.kind,
  id: actor.id,
  tokenId: actor.tokenId,
  tokenLastCharacters: actor.tokenLastCharacters,
  requestId: request.id,
  address: request.address,
})

function requesterOf(pending: PendingRevocation): Pick<AuditContext, 'actor' | 'request'> {
  const { kind, id, tokenId, tokenLastCharacters, requestId, address } = JSON.parse(pending.toldBy) as ReturnType<
    typeof requester
  >
  return {
    actor: {
      kind: kind as OwnerKind | 'system',
      id,
      email: null,
      accounts: [],
      rights: { grants: [] },
      tokenId,
      tokenLastCharacters,
    },
    request: { id: requestId, address, query: new URLSearchParams(), idempotencyKey: null },
  }
}

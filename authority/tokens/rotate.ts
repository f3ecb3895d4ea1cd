/**
 * Rotation: creates a successor and lets the old token expire after the overlap. A client that lost the response repeats the
 * request with the same `Idempotency-Key`: while the successor is unused, it is revoked and replaced by a new one.
 */
import { limits } from '@mintmark/contract'
import { type AuditedChange, audit } from '../audit/audit.ts'
import { type Context, Refusal } from '../context.ts'
import { findRecords } from '../database/views/find-records.ts'
import { notifyAccounts } from '../notifications/notify.ts'
import { findSuccessors, isDerivedFrom, isReported, updateToken } from './access-token-store.ts'
import { type AccessTokenRecord, accessTokenView } from './access-token-view.ts'
import { accountsConcerned } from './concerned-accounts.ts'
import type { Predecessor } from './lifetime.ts'
import { type Minted, mintSuccessor, type TokenInput, type TokenOwner } from './mint.ts'
import { revokeToken } from './revoke.ts'

interface RotationInput {
  readonly overlap?: number | null
  readonly expiresIn?: number | null
}

export async function rotateToken(context: Context, token: AccessTokenRecord, input: RotationInput): Promise<Minted> {
  const wasReported = await refuseRotationByHolder(context, token)
  const repeated = await revokeLostSuccessor(context, token)
  const owner: TokenOwner = {
    kind: token.ownerType,
    id: token.ownerId,
    accountId: token.accountId,
  }
  const lineage = { family: token.family, predecessorId: token.id, rotationKey: context.request.idempotencyKey }
  const predecessor = token as unknown as TokenInput & Predecessor
  const minted = await mintSuccessor(context, owner, predecessor, input.expiresIn ?? null, lineage)
  if (!repeated) await limitPredecessor(context, token, input.overlap ?? limits.rotationOverlapMinutesDefault)
  if (wasReported) await notifyRotation(context, token, minted.id)
  return minted
}

/**
 * A finder of a leaked token must not get its successor: the token itself, and tokens that it created, cannot rotate it.
 * Returns whether the token was reported.
 */
async function refuseRotationByHolder({ db, actor }: Context, token: AccessTokenRecord): Promise<boolean> {
  if (!(await isReported(db, token.id))) return false
  if (actor.tokenId !== '' && (await isDerivedFrom(db, actor.tokenId, token.id)))
    throw new Refusal('forbidden', {
      detail:
        'This token was reported as leaked. It cannot be rotated by itself or by a token that it created: rotate it in the console, or with another token.',
    })
  return true
}

/** Notifies every account concerned that a leaked token has a successor. */
async function notifyRotation(context: Context, token: AccessTokenRecord, successorId: string): Promise<void> {
  const { actor, db } = context
  await notifyAccounts(context, await accountsConcerned(db, token.id), {
    kind: 'leaked-token.rotated',
    ownerKind: token.ownerType,
    ownerId: token.ownerId,
    subjectType: 'access-tokens',
    subjectId: token.id,
    data: {
      token: { id: token.id, name: token.name, 'last-characters': token.lastCharacters },
      successor: successorId,
      by: { kind: actor.kind, id: actor.id, token: actor.tokenId || null },
    },
  })
}

/** Returns whether this request repeats one whose response was lost. Refuses to rotate a token that already has a successor. */
async function revokeLostSuccessor(context: Context, token: AccessTokenRecord): Promise<boolean> {
  const now = context.world.now().toISOString()
  const live = (await findSuccessors(context.db, token.id)).filter(
    ({ expiresAt }) => expiresAt === null || expiresAt > now,
  )
  const [successor] = live
  if (!successor) return false
  const { idempotencyKey } = context.request
  const unused = successor.lastUsedAt === null && !context.wasUsed(successor.id)
  if (idempotencyKey === null || successor.rotationKey !== idempotencyKey) {
    throw new Refusal('conflict', {
      detail: `This token was already rotated: ${successor.id} replaces it. To repeat a lost request, send its Idempotency-Key.`,
    })
  }
  if (!unused)
    throw new Refusal('conflict', { detail: `This request was already processed, and ${successor.id} is in use.` })
  const viewer = { id: '', tokenId: '', narrowed: false, now: context.world.now(), may: () => false }
  for (const lost of await findRecords(context.db, accessTokenView, [successor.id], viewer))
    await revokeToken(context, lost)
  return true
}

async function limitPredecessor(context: Context, token: AccessTokenRecord, overlapMinutes: number): Promise<void> {
  const rotated = async (change: Pick<AuditedChange, 'before' | 'after'>) =>
    audit(context, {
      action: 'access-tokens.rotated',
      accountId: await accountsConcerned(context.db, token.id),
      subjectType: 'access-tokens',
      subjectId: token.id,
      ownerId: token.ownerId,
      ...change,
    })
  const { name, lastCharacters } = token
  if (overlapMinutes === 0) {
    await rotated({ after: { name, lastCharacters, revoked: true } })
    return revokeToken(context, token)
  }
  const end = new Date(context.world.now().getTime() + overlapMinutes * 60_000).toISOString()
  const before = token.expiresAt
  const expiresAt = before !== null && before < end ? before : end
  await updateToken(context.db, token.id, { expiresAt })
  await rotated({ before: { expiresAt: before }, after: { name, lastCharacters, expiresAt } })
}

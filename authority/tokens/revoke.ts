import type { Context } from '../context.ts'
import { requireStepUp } from '../step-up.ts'
import { findLiveSessions } from './access-token-store.ts'
import type { AccessTokenRecord } from './access-token-view.ts'
import { notifyOwners } from './notify-owners.ts'
import { revokeAllOf, revokeEach } from './revoke-many.ts'

/** Revokes a token. The next request with it is refused. */
export async function revokeToken(context: Context, token: AccessTokenRecord): Promise<void> {
  const { id, name, ownerId, lastCharacters } = token
  const { actor } = context
  const isOwn = ownerId === actor.id
  if (!isOwn) requireStepUp(actor.session?.isProven ?? true)
  await revokeEach(context, [id], { owner: ownerId, name, lastCharacters })
  if (!isOwn) await notifyOwners(context, [id])
}

/** Revokes tokens by id; `reason` is audited. Returns those that were not revoked before. */
export function revokeTokens(context: Context, ids: readonly string[], reason: string): Promise<string[]> {
  return revokeEach(context, [...new Set(ids)], { reason })
}

/** Revokes every token of an owner, for example when the owner is deleted. */
export async function revokeTokensOf(context: Context, ownerId: string): Promise<void> {
  await revokeAllOf(context, ownerId, { before: { owner: ownerId } })
}

/** Revokes the live sessions of an assume policy, for example when the policy is deleted. */
export async function revokeSessionsOf(context: Context, policyId: string): Promise<void> {
  const sessions = await findLiveSessions(context.db, policyId, context.world.now().toISOString())
  await revokeEach(context, sessions, { reason: `policy deleted: ${policyId}` })
}

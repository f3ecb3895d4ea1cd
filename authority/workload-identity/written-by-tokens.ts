import { audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import { revokeTokens } from '../tokens/revoke.ts'
import { deleteAssumePolicy, policiesWrittenBy, sessionsAllowedBy, tokensFrom } from './provider-store.ts'

const type = 'assume-service-account-policies'

/** How many generations of policies, written by tokens of earlier policies, are followed. */
const levelsMax = 5

/**
 * Deletes the assume policies last written by these tokens or by tokens derived from them, and revokes all tokens that those
 * policies allowed. Otherwise an attacker with a leaked token could regain access through a policy of their own.
 */
export async function removePoliciesFrom(context: Context, tokenIds: readonly string[], reason: string): Promise<void> {
  const { db } = context
  let tokens = await tokensFrom(db, tokenIds)
  for (let level = 0; level < levelsMax && tokens.length > 0; level++) {
    const policies = await policiesWrittenBy(db, tokens)
    const sessions = await sessionsAllowedBy(
      db,
      policies.map(({ id }) => id),
    )
    for (const { id, accountId, name, serviceAccountId: ownerId } of policies) {
      await deleteAssumePolicy(db, id)
      const before = { name, reason }
      const event = { action: `${type}.deleted`, accountId, subjectType: type, subjectId: id, ownerId }
      await audit(context, { ...event, before })
    }
    tokens = await tokensFrom(db, sessions)
    const revocable = tokens.filter((id) => id !== context.actor.tokenId)
    if (revocable.length > 0) await revokeTokens(context, revocable, reason)
  }
}

import { audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import { revokeTokens } from '../tokens/revoke.ts'
import { deleteAssumePolicy, policiesWrittenBy, sessionsAllowedBy, tokensFrom } from './provider-store.ts'

const type = 'assume-service-account-policies'

/** How often a session of one policy writes the next that is followed. */
const levelsMax = 5

/**
 * Deletes the assume policies that tokens, or those that came from them, wrote last, and revokes the sessions that they allowed with
 * all that these created: through a policy of its own, whoever found a leaked token would come back.
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
    for (const { id, accountId, name } of policies) {
      await deleteAssumePolicy(db, id)
      const before = { name, reason }
      await audit(context, { action: `${type}.deleted`, accountId, subjectType: type, subjectId: id, before })
    }
    tokens = await tokensFrom(db, sessions)
    const ended = tokens.filter((id) => id !== context.actor.tokenId)
    if (ended.length > 0) await revokeTokens(context, ended, reason)
  }
}

import { record } from '../audit-events/record.ts'
import type { Context } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { refuseUnproven } from '../sign-in/sessions.ts'
import { note } from '../verdicts/note.ts'
import { markAllRevoked, markRevoked, markSessionsRevoked } from './access-token-store.ts'
import { accountsConcernedByAll } from './concerned-accounts.ts'

/** Ends a token at once: refused from the next request on. */
export async function revokeToken(context: Context, token: Stored): Promise<void> {
  const { id, name, ownerId, lastCharacters } = token
  const { actor } = context
  if (ownerId !== actor.id) refuseUnproven(actor.session?.isProven ?? true)
  await markRevoked(context.db, id, context.world.now().toISOString())
  await tellEnded(context, [id], { owner: ownerId, name, lastCharacters })
}

/** Ends tokens that are known by their ids; `reason` is what the audit log says of it. */
export async function endTokens(context: Context, ids: readonly string[], reason: string): Promise<void> {
  const at = context.world.now().toISOString()
  const all = [...new Set(ids)]
  for (const id of all) await markRevoked(context.db, id, at)
  await tellEnded(context, all, { reason })
}

/** Ends every token of an owner, as when the owner is deleted. */
export async function revokeTokensOf(context: Context, ownerId: string): Promise<void> {
  const ended = await markAllRevoked(context.db, ownerId, context.world.now().toISOString())
  await tellEnded(context, ended, { owner: ownerId })
}

/** Revokes the live sessions that a policy allowed, as when the policy is deleted. */
export async function revokeSessionsOf(context: Context, policyId: string): Promise<void> {
  const revoked = await markSessionsRevoked(context.db, policyId, context.world.now().toISOString())
  await tellEnded(context, revoked, { reason: `policy deleted: ${policyId}` })
}

/** Every account that a token concerns is told. */
async function tellEnded(
  context: Context,
  ids: readonly string[],
  before: Readonly<Record<string, unknown>>,
): Promise<void> {
  const accounts = await accountsConcernedByAll(context.db, ids)
  for (const id of ids) {
    await record(context, {
      action: 'access-tokens.deleted',
      accountId: accounts.get(id) ?? [],
      subjectType: 'access-tokens',
      subjectId: id,
      before,
    })
    await note(context, 'token', id)
  }
}

import { record } from '../audit-events/record.ts'
import type { Context } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { refuseUnproven } from '../sign-in/sessions.ts'
import { note } from '../verdicts/note.ts'
import { markAllRevoked, markRevoked, markSessionsRevoked } from './access-token-store.ts'

/** Ends a token at once: refused from the next request on. */
export async function revokeToken(context: Context, token: Stored): Promise<void> {
  const { id, name, ownerId, lastCharacters } = token
  const { actor } = context
  if (ownerId !== actor.id) refuseUnproven(actor.session?.isProven ?? true)
  const accountId = (token.accounts as string[])[0] ?? null
  await endToken(context, id, accountId, { owner: ownerId, name, lastCharacters })
}

/** The same of one that is known by its id; `before` is what the audit log says of it. */
export async function endToken(
  context: Context,
  id: string,
  accountId: string | null,
  before: Readonly<Record<string, unknown>>,
): Promise<void> {
  await markRevoked(context.db, id, context.world.now().toISOString())
  await tellEnded(context, id, accountId, before)
}

/** Ends every token of an owner, as when the owner is deleted. */
export async function revokeTokensOf(context: Context, ownerId: string, accountId: string | null): Promise<void> {
  const ended = await markAllRevoked(context.db, ownerId, context.world.now().toISOString())
  for (const id of ended) await tellEnded(context, id, accountId, { owner: ownerId })
}

/** Revokes the live sessions that a policy allowed, as when the policy is deleted. */
export async function revokeSessionsOf(context: Context, policyId: string, accountId: string): Promise<void> {
  const revoked = await markSessionsRevoked(context.db, policyId, context.world.now().toISOString())
  for (const id of revoked) await tellEnded(context, id, accountId, { reason: `policy deleted: ${policyId}` })
}

async function tellEnded(
  context: Context,
  id: string,
  accountId: string | null,
  before: Readonly<Record<string, unknown>>,
): Promise<void> {
  await record(context, {
    action: 'access-tokens.deleted',
    accountId,
    subjectType: 'access-tokens',
    subjectId: id,
    before,
  })
  await note(context, 'token', id)
}

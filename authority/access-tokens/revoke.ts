import { record } from '../audit-events/record.ts'
import type { Context } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { note } from '../verdicts/note.ts'
import { markAllRevoked, markRevoked } from './access-token-store.ts'

/** Ends a token at once: refused from the next request on. */
export async function revokeToken(context: Context, token: Stored): Promise<void> {
  await markRevoked(context.db, token.id, context.world.now().toISOString())
  const { name, ownerId, lastCharacters } = token
  const accountId = (token.accounts as string[])[0] ?? null
  await record(context, {
    action: 'access-tokens.deleted',
    accountId,
    subjectType: 'access-tokens',
    subjectId: token.id,
    before: { owner: ownerId, name, lastCharacters },
  })
  await note(context, 'token', token.id)
}

/** Ends every token of an owner, as when the owner is deleted. */
export async function revokeTokensOf(context: Context, ownerId: string, accountId: string | null): Promise<void> {
  const ended = await markAllRevoked(context.db, ownerId, context.world.now().toISOString())
  for (const id of ended) {
    await record(context, {
      action: 'access-tokens.deleted',
      accountId,
      subjectType: 'access-tokens',
      subjectId: id,
      before: { owner: ownerId },
    })
    await note(context, 'token', id)
  }
}

import type { Context } from '../context.ts'
import { notifyAccounts } from '../notifications/notify.ts'
import { findPersonalTokens, type PersonalToken } from './access-token-store.ts'
import { accountsConcernedByEach } from './concerned-accounts.ts'

const tokensPerQuery = 100
const tokensPerNotification = 100

/**
 * Notifies the owners of personal tokens that someone else revoked, because their programs stop working and only they know
 * which. One notification per owner, and not for the caller's own tokens.
 */
export async function notifyOwners(
  context: Context,
  revokedIds: readonly string[],
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { db, actor } = context
  const tokens: PersonalToken[] = []
  for (let at = 0; at < revokedIds.length; at += tokensPerQuery)
    tokens.push(...(await findPersonalTokens(db, revokedIds.slice(at, at + tokensPerQuery))))
  for (const [ownerId, ofOwner] of Map.groupBy(tokens, (token) => token.ownerId)) {
    const listed = ofOwner.slice(0, tokensPerNotification)
    const [first] = listed
    if (ownerId === actor.id || !first) continue
    const accounts = await accountsConcernedByEach(
      db,
      listed.map(({ id }) => id),
    )
    await notifyAccounts(context, [...new Set([...accounts.values()].flat())], {
      kind: 'token.revoked',
      ownerKind: 'user',
      ownerId,
      subjectType: 'access-tokens',
      subjectId: first.id,
      data: {
        token: described(first),
        ...(ofOwner.length > 1 ? { tokens: listed.map(described), 'token-count': ofOwner.length } : {}),
        by: { kind: actor.kind, id: actor.id, token: actor.tokenId || null },
        ...details,
      },
    })
  }
}

const described = ({ id, name, lastCharacters }: PersonalToken) => ({ id, name, 'last-characters': lastCharacters })

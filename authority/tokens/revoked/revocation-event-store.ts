import type { Db } from '../../database/database.ts'

interface Revocation {
  readonly reason: string | null
  readonly revokedByType: string
  readonly revokedById: string | null
}

interface Token {
  readonly id: string
  readonly accounts: readonly string[]
}

/** Returns why and by whom tokens were revoked, from their audit events. Tokens that expired have none. */
export async function findRevocations(db: Db, tokens: readonly Token[]): Promise<ReadonlyMap<string, Revocation>> {
  const accounts = [...new Set(tokens.flatMap((token) => token.accounts))]
  if (accounts.length === 0) return new Map()
  const rows = await db
    .selectFrom('auditEvents')
    .select(['subjectId', 'actorType', 'actorId', 'before'])
    .where('accountId', 'in', accounts)
    .where(
      'subjectId',
      'in',
      tokens.map(({ id }) => id),
    )
    .where('action', '=', 'access-tokens.deleted')
    .execute()
  return new Map(
    rows.map(({ subjectId, actorType, actorId, before }) => [
      subjectId ?? '',
      { reason: reasonIn(before), revokedByType: actorType, revokedById: actorId },
    ]),
  )
}

function reasonIn(before: string | null): string | null {
  const { reason } = before === null ? {} : (JSON.parse(before) as { reason?: unknown })
  return typeof reason === 'string' ? reason : null
}

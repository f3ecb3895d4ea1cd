import type { Db } from '../database/database.ts'

const namesMax = 10

/** Names of the accounts that a person belongs to or is invited to, and of the one that added them; the oldest first. */
export async function findAccountNames(
  db: Db,
  { userId, homeAccountId }: { userId: string | null; homeAccountId: string | null },
): Promise<string[]> {
  const rows = await db
    .selectFrom('accounts')
    .select('name')
    .where((of) =>
      of.or([
        of('id', '=', homeAccountId ?? ''),
        of(
          'id',
          'in',
          of
            .selectFrom('accountUsers')
            .select('accountId')
            .where('userId', '=', userId ?? ''),
        ),
        of(
          'id',
          'in',
          of
            .selectFrom('accountInvitations')
            .select('accountId')
            .where('userId', '=', userId ?? ''),
        ),
      ]),
    )
    .orderBy('createdAt')
    .limit(namesMax)
    .execute()
  return rows.map(({ name }) => name)
}

import type { Db } from '../database/database.ts'

const namesMax = 10

/** Returns the names of the accounts that a person belongs to, is invited to, or was created by, oldest account first. */
export async function findAccountNames(
  db: Db,
  { userId, homeAccountId }: { userId: string | null; homeAccountId: string | null },
): Promise<string[]> {
  const rows = await db
    .selectFrom('accounts')
    .select('name')
    .where((where) =>
      where.or([
        where('id', '=', homeAccountId ?? ''),
        where(
          'id',
          'in',
          where
            .selectFrom('accountUsers')
            .select('accountId')
            .where('userId', '=', userId ?? ''),
        ),
        where(
          'id',
          'in',
          where
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

/** Returns the ids and names of these accounts, by name. */
export function namesOfAccounts(db: Db, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  if (ids.length === 0) return Promise.resolve([])
  return db.selectFrom('accounts').select(['id', 'name']).where('id', 'in', ids).orderBy('name').execute()
}

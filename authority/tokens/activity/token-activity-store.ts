import { sql } from 'kysely'
import type { Db } from '../../database/database.ts'
import { inSlices } from '../../database/in-slices.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type TokenActivity = Tables['tokenActivity']

const rowsPerStatement = 200
/** Rows per token, which bounds what its holder can cause. Further networks are combined into one. */
const rowsMax = 500
export const otherNetworks = 'others'

/** Adds to the stored counts. Rows are sorted, so that two nodes never deadlock on each other. */
export async function addActivity(db: Db, uses: readonly TokenActivity[]): Promise<void> {
  const full = await tokensWithMany(db, [...new Set(uses.map(({ tokenId }) => tokenId))])
  const rows = new Map<string, TokenActivity>()
  for (const use of uses) {
    const row = full.has(use.tokenId) ? { ...use, network: otherNetworks } : use
    const key = `${row.tokenId} ${row.network} ${row.operation}`
    rows.set(key, { ...row, times: row.times + (rows.get(key)?.times ?? 0) })
  }
  const sorted = [...rows].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row)
  for (let start = 0; start < sorted.length; start += rowsPerStatement)
    await db
      .insertInto('tokenActivity')
      .values(sorted.slice(start, start + rowsPerStatement))
      .onConflict((conflict) =>
        conflict.columns(['tokenId', 'network', 'operation']).doUpdateSet({
          lastAt: (row) => row.ref('excluded.lastAt'),
          times: sql`token_activity.times + excluded.times`,
        }),
      )
      .execute()
}

async function tokensWithMany(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const full = await inSlices(ids, (some) =>
    db
      .selectFrom('tokenActivity')
      .select('tokenId')
      .where('tokenId', 'in', some)
      .groupBy('tokenId')
      .having((row) => row.fn.countAll(), '>=', rowsMax)
      .execute(),
  )
  return new Set(full.map(({ tokenId }) => tokenId))
}

/** Newest first. */
export function listActivity(db: Db, tokenIds: readonly string[]): Promise<TokenActivity[]> {
  if (tokenIds.length === 0) return Promise.resolve([])
  return db.selectFrom('tokenActivity').selectAll().where('tokenId', 'in', tokenIds).orderBy('lastAt', 'desc').execute()
}

export interface SuspectedHolder {
  readonly tokenId: string
  readonly networks: readonly string[]
  readonly since: string
}

const siblingsMax = 100

/**
 * Returns, for each holder, other live tokens of the same owner or account that were used from these networks since then;
 * `at` is the index of the holder. One statement for a page of holders, with a limit for each.
 */
export function listSiblings(db: Db, holders: readonly SuspectedHolder[]) {
  const [first, ...more] = holders.map((each, at) =>
    db.selectFrom(siblingsOfOne(db, each).as('part')).selectAll().select(sql.lit(at).as('at')),
  )
  if (!first) return Promise.resolve([])
  return more
    .reduce((all, part) => all.unionAll(part), first)
    .orderBy('at')
    .orderBy('id')
    .orderBy('network')
    .execute()
}

function siblingsOfOne(db: Db, { tokenId, networks, since }: SuspectedHolder) {
  return db
    .selectFrom('tokenActivity as u')
    .innerJoin('accessTokens as k', 'k.id', 'u.tokenId')
    .innerJoin('accessTokens as leaked', (join) => join.on('leaked.id', '=', tokenId))
    .select(['k.id', 'k.name', 'k.lastCharacters', 'u.network'])
    .distinct()
    .where('u.network', 'in', networks)
    .where('u.lastAt', '>=', since)
    .where('k.id', '!=', tokenId)
    .where('k.revokedAt', 'is', null)
    .where((row) =>
      row.or([row('k.ownerId', '=', row.ref('leaked.ownerId')), row('k.accountId', '=', row.ref('leaked.accountId'))]),
    )
    .orderBy('k.id')
    .orderBy('u.network')
    .limit(siblingsMax)
}

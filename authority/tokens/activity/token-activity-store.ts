import { sql } from 'kysely'
import type { Db } from '../../database/database.ts'
import { inIds, jsonRows } from '../../database/json-rows.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type TokenActivity = Tables['tokenActivity']

/** Rows per token, which bounds what its holder can cause. Further networks are combined into one. */
const rowsMax = 500
export const otherNetworks = 'others'

export interface TokenUse {
  readonly tokenId: string
  readonly network: string
  readonly operation: string
  readonly times: number
}

/**
 * Writes when the tokens were last used, and adds to the stored counts. Not a transaction on PostgreSQL: the first statement can be
 * repeated, and the second adds all or nothing.
 */
export async function addUses(db: Db, uses: readonly TokenUse[], at: string): Promise<void> {
  const ids = [...new Set(uses.map(({ tokenId }) => tokenId))]
  await sql`update access_tokens set last_used_at = ${at} where id ${inIds(db, ids)}`.execute(db)
  const rows = jsonRows(db, uses, { tokenId: 'text', network: 'text', operation: 'text', times: 'bigint' })
  // `where true` tells SQLite that the conflict clause does not belong to a join.
  await sql`
    insert into token_activity (token_id, network, operation, first_at, last_at, times)
    with uses as (
      select "tokenId" as token_id, operation, times, case
          when (select count(*) from (select 1 from token_activity where token_id = "tokenId" limit ${rowsMax}) stored) < ${rowsMax}
          then network else ${otherNetworks} end as network
        from ${rows})
    select token_id, network, operation, ${at}, ${at}, sum(times) from uses where true group by 1, 2, 3 order by 1, 2, 3
    on conflict (token_id, network, operation) do update set
      last_at = excluded.last_at, times = token_activity.times + excluded.times`.execute(db)
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

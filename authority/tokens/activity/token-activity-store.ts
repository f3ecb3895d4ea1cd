import { sql } from 'kysely'
import type { Db } from '../../database/database.ts'
import { inIds, jsonRows } from '../../database/json-rows.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type TokenActivity = Tables['tokenActivity']

/** Rows per token, which bounds what its holder can cause. Further networks are combined into one. */
const rowsMax = 500
/** Fewer for rejected requests, so that their networks cannot use up the rows for those that were accepted. */
const rejectedRowsMax = 100
export const otherNetworks = 'others'

export interface TokenUse {
  readonly tokenId: string
  readonly network: string
  readonly operation: string
  /** Requests for which the token was valid. */
  readonly times: number
  /** How many of `times` were denied. */
  readonly denied: number
  /** Further requests, for which the token was not valid. */
  readonly rejected: number
}

/**
 * Writes when the tokens were last used, and adds to the stored counts. A rejected request is no use: it changes times only in
 * a row that has no use, and deleted tokens get no row for it. Not a transaction on PostgreSQL: the first statement can be
 * repeated, and the second adds all or nothing.
 */
export async function addUses(db: Db, uses: readonly TokenUse[], at: string): Promise<void> {
  const ids = [...new Set(uses.filter(({ rejected }) => rejected === 0).map(({ tokenId }) => tokenId))]
  await sql`update access_tokens set last_used_at = ${at} where id ${inIds(db, ids)}`.execute(db)
  const count = 'bigint'
  const types = {
    tokenId: 'text',
    network: 'text',
    operation: 'text',
    times: count,
    denied: count,
    rejected: count,
  } as const
  await sql`
    insert into token_activity (token_id, network, operation, first_at, last_at, times, denied, rejected)
    with uses as (
      select "tokenId" as token_id, operation, times, denied, rejected, case
          when (select count(*) from (select 1 from token_activity where token_id = "tokenId" limit ${rowsMax}) stored)
            < case when rejected > 0 then ${sql.lit(rejectedRowsMax)} else ${sql.lit(rowsMax)} end
          then network else ${otherNetworks} end as network
        from ${jsonRows(db, uses, types)})
    select token_id, network, operation, ${at}, ${at}, sum(times), sum(denied), sum(rejected) from uses
     where rejected = 0 or exists (select 1 from access_tokens t where t.id = token_id)
     group by 1, 2, 3 order by 1, 2, 3
    on conflict (token_id, network, operation) do update set
      first_at = case when token_activity.times = 0 and excluded.times > 0 then excluded.first_at else token_activity.first_at end,
      last_at = case when token_activity.times = 0 or excluded.times > 0 then excluded.last_at else token_activity.last_at end,
      times = token_activity.times + excluded.times, denied = token_activity.denied + excluded.denied,
      rejected = token_activity.rejected + excluded.rejected`.execute(db)
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
    .where('u.times', '>', 0)
    .where('k.id', '!=', tokenId)
    .where('k.revokedAt', 'is', null)
    .where((row) =>
      row.or([row('k.ownerId', '=', row.ref('leaked.ownerId')), row('k.accountId', '=', row.ref('leaked.accountId'))]),
    )
    .orderBy('k.id')
    .orderBy('u.network')
    .limit(siblingsMax)
}

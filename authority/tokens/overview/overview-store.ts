/** Counts of an account's service accounts, and of the tokens in its token report. Each stops after a limit. */
import { limits } from '@mintmark/contract'
import { type SqlBool, sql } from 'kysely'
import type { Db } from '../../database/database.ts'
import { countRows, type ListSource, sourcesOf } from '../../database/views/list-sql.ts'
import type { Reach, ResourceView, Viewer } from '../../database/views/resource-view.ts'
import { accessTokenUsageView } from '../access-token-usage-view.ts'

interface Asked {
  readonly db: Db
  readonly reach: Reach
  readonly viewer: Viewer
}

function reported({ reach, viewer }: Asked): readonly ListSource[] {
  const listing = { filters: [], search: null, sort: [], page: { number: 1, size: 1 }, favoritesFirst: false }
  return sourcesOf(accessTokenUsageView as ResourceView, { listing, isLong: false }, reach, viewer)
}

/** Each alternative reads a range of the index by expiry. */
export function countActiveTokens(asked: Asked): Promise<number> {
  const alternatives = [sql`t.expires_at is null`, sql`t.expires_at > ${asked.viewer.now.toISOString()}`]
  const sources = reported(asked).flatMap((source) =>
    alternatives.map((isActive) => ({ ...source, where: sql<SqlBool>`${source.where} and ${isActive}` })),
  )
  return countRows(asked.db, sources, limits.countedRows + 1)
}

/** Returns the number of tokens that expire in each range, in one statement: every day counts up to the limit. */
export async function countExpiries(
  asked: Asked,
  ranges: readonly { readonly from: string; readonly until: string }[],
): Promise<readonly number[]> {
  const rows = ranges.map(
    ({ from, until }, at) => sql`select ${sql.lit(at)} as position, ${from} as first, ${until} as next`,
  )
  const selects = reported(asked).map(
    ({ from, where }) =>
      sql`select 1 as one from ${from} where ${where} and t.expires_at >= d.first and t.expires_at < d.next`,
  )
  const counted = await sql<{ position: number; total: number }>`
    select d.position, (select count(*) from (${sql.join(selects, sql` union all `)} limit ${limits.countedMatches + 1}) counted) as total
      from (${sql.join(rows, sql` union all `)}) d`.execute(asked.db)
  const totals = new Map(counted.rows.map(({ position, total }) => [position, Number(total)]))
  return ranges.map((_, at) => totals.get(at) ?? 0)
}

export async function countServiceAccounts(db: Db, account: string): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*) as total from (select 1 from service_accounts where account_id = ${account} limit ${limits.countedRows + 1}) counted`.execute(
    db,
  )
  return Number(rows[0]?.total ?? 0)
}

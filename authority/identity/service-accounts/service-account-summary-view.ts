import { activeTokensMax, serviceAccountSummaries } from '@mintmark/contract'
import { sql } from 'kysely'
import type { Db } from '../../database/database.ts'
import { columnsOf, pathOf, resourceView } from '../../database/views/resource-view.ts'

export const serviceAccountSummaryView = resourceView(serviceAccountSummaries, {
  from: 'service_accounts t',
  columns: columnsOf('serviceAccounts', 'id', 'accountId'),
  filters: { account: 't.account_id', serviceAccount: 't.id' },
  search: ['t.id', 't.name', 't.email', 't.description'],
  sorts: {},
  scope: { account: 't.account_id' },
  complete: async (db, rows, { now }) => {
    const found = await summariesOf(db, rows, now.toISOString())
    return rows.map((row) => ({ ...row, ...(found.get(row.id) ?? noTokens) }))
  },
  paths: (record) => [pathOf(record)],
})

interface Summary {
  readonly activeTokens: number
  readonly lastUsedAt: string | null
  readonly nextExpiryAt: string | null
}

const noTokens: Summary = { activeTokens: 0, lastUsedAt: null, nextExpiryAt: null }

/** Each value is read by an index of its own: the time does not depend on how many tokens a service account has. */
async function summariesOf(
  db: Db,
  accounts: readonly { readonly id: string }[],
  now: string,
): Promise<ReadonlyMap<string, Summary>> {
  if (accounts.length === 0) return new Map()
  const owned = sql`a.owner_kind = 'service-account' and a.owner_id = t.id`
  const live = sql`${owned} and a.revoked_at is null`
  const { rows } = await sql<Summary & { readonly id: string }>`
    select t.id,
           (select count(*) from (select 1 from access_tokens a where ${live} and a.expires_at is null limit ${activeTokensMax}) x)
             + (select count(*) from (select 1 from access_tokens a where ${live} and a.expires_at > ${now} limit ${activeTokensMax}) x)
             as active_tokens,
           (select max(a.last_used_at) from access_tokens a where ${owned} and a.last_used_at is not null) as last_used_at,
           (select min(a.expires_at) from access_tokens a where ${live} and a.expires_at > ${now}) as next_expiry_at
      from service_accounts t where t.id in (${sql.join(accounts.map(({ id }) => id))})`.execute(db)
  return new Map(
    rows.map(({ id, ...row }) => [id, { ...row, activeTokens: Math.min(Number(row.activeTokens), activeTokensMax) }]),
  )
}

/** Fills an account with many service accounts and tokens by SQL, because creating them with requests would take minutes. */
import { rawSql } from '../raw-sql.ts'
import type { Console } from './console.ts'

export const largeAccount = { serviceAccounts: 2_000, tokens: 20_000 } as const

/** An ID is a prefix and a number of five digits. */
const number = `substr(cast(100000 + i as text), 2)`
const numbers = (count: number) =>
  `with recursive numbers (i) as (select 0 union all select i + 1 from numbers where i + 1 < ${count})`

/**
 * Every tenth token expires at one of the given times, every other one does not expire. The first 1,000 were never used and are old, all
 * others were used just now. Every fourth service account has an owning team, the first 50 have an access policy.
 */
export async function fillLargeAccount(
  { authority: { database, prepared } }: Console,
  { now, expiries, team }: { now: Date; expiries: readonly string[]; team: string },
): Promise<void> {
  const { account } = prepared
  const { serviceAccounts, tokens } = largeAccount
  const old = '2020-01-01T00:00:00.000Z'
  const expiry = expiries.map((at, index) => `when ${index} then '${at}'`).join(' ')
  const statements = [
    `insert into service_accounts (id, account_id, name, email, status, created_at)
     ${numbers(serviceAccounts)} select 'sa-large' || ${number}, '${account}', 'service-' || ${number}, 'service-' || ${number} || '@large.example', 'Active', '${old}' from numbers`,
    `insert into service_account_owners (service_account_id, team_id)
     ${numbers(serviceAccounts)} select 'sa-large' || ${number}, '${team}' from numbers where i % 4 = 0`,
    `insert into access_policies (id, account_id, service_account_id, is_system, created_at)
     ${numbers(50)} select 'ap-large' || ${number}, '${account}', 'sa-large' || ${number}, 0, '${old}' from numbers`,
    `insert into access_tokens (id, hash, generation, last_characters, owner_kind, owner_id, account_id, name, created_at, expires_at, last_used_at, family)
     ${numbers(tokens)} select 'at-large' || ${number}, randomblob(32), 1, 'x' || ${number}, 'service-account',
       'sa-large' || substr(cast(100000 + i % ${serviceAccounts} as text), 2), '${account}', 'job ' || ${number},
       case when i < 1000 then '${old}' else '${now.toISOString()}' end,
       case when i % 10 > 0 then null else case i / 10 % ${expiries.length} ${expiry} end end,
       case when i < 1000 then null else '${now.toISOString()}' end, 'at-large' || ${number} from numbers`,
  ]
  for (const statement of statements) await rawSql(database, statement)
}

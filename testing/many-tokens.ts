/** Fills a store with many tokens by SQL, because creating them with requests would take too long. */
import type { Database } from '../authority/database/database.ts'
import { rawSql } from './raw-sql.ts'

interface Many {
  readonly owner: string
  readonly ownerKind?: 'service-account' | 'user' | 'agent-pool'
  /** Null for personal tokens. */
  readonly account: string | null
  readonly count: number
  /** The first number, 0 by default. */
  readonly start?: number
  /** Ids are `at-`, this prefix and a number. */
  readonly prefix?: string
  readonly family?: string
}

/** Inserts live tokens without expiry, whose text is unknown. */
export async function insertTokens(database: Database, many: Many): Promise<void> {
  const { owner, ownerKind = 'service-account', account, count, start = 0, prefix = 'many', family } = many
  const number = `substr(cast(1000000 + i as text), 2)`
  const hash = database.kind === 'sqlite' ? 'randomblob(32)' : `sha256(convert_to('${prefix}' || i, 'UTF8'))`
  await rawSql(
    database,
    `insert into access_tokens (id, hash, generation, last_characters, owner_kind, owner_id, account_id, name, created_at, family)
     with recursive numbers (i) as (select ${start} union all select i + 1 from numbers where i + 1 < ${start + count})
     select 'at-${prefix}' || ${number}, ${hash}, 1, ${number}, '${ownerKind}', '${owner}', ${account === null ? 'null' : `'${account}'`},
            'job ' || i, '2020-01-01T00:00:00.000Z', ${family ? `'${family}'` : `'at-${prefix}' || ${number}`} from numbers`,
  )
}

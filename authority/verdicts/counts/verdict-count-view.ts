import { sql } from 'kysely'
import type { ResourceView } from '../../database/resource-view.ts'

export const verdictCountShelf: ResourceView = {
  type: 'verdict-counts',
  from: "(select account_id || '.' || minute || '.' || outcome as id, account_id, minute, outcome, times from verdict_counts) t",
  filters: {
    account: 't.account_id',
    outcome: 't.outcome',
    after: ({ values }) => sql`t.minute >= ${values[0] ?? ''}`,
  },
  search: [],
  sorts: { minute: 't.minute', outcome: 't.outcome' },
  order: 't.minute',
  scope: { account: 't.account_id' },
  complete: (_, rows) => rows,
  paths: (record) => [{ account: record.accountId as string }],
}

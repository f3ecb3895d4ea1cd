import { verdictCounts } from '@mintmark/contract'
import { sql } from 'kysely'
import { column, columnsOf, pathOf, resourceView } from '../../database/views/resource-view.ts'

export const verdictCountView = resourceView(verdictCounts, {
  from: "(select account_id || '.' || minute || '.' || outcome as id, account_id, minute, outcome, times from verdict_counts) t",
  columns: {
    id: column<string>('t.id'),
    ...columnsOf('verdictCounts', 'accountId', 'minute', 'outcome', 'times'),
  },
  filters: {
    account: 't.account_id',
    outcome: 't.outcome',
    after: ({ values }) => sql`t.minute >= ${values[0] ?? ''}`,
  },
  search: [],
  sorts: { minute: 't.minute', outcome: 't.outcome' },
  order: ['t.minute', 't.id'],
  scope: { account: 't.account_id' },
  complete: (_, rows) => rows,
  paths: (record) => [pathOf(record)],
})

import { permissionsOf } from '@mintmark/contract'
import type { ResourceView } from '../../database/resource-view.ts'

/** Available only under its token, to callers who may read the token. */
export const tokenActivityShelf: ResourceView = {
  type: 'token-activity',
  from: `(select token_id || '.' || network || '.' || operation as id, token_id as access_token_id, network, operation, times,
           first_at, last_at from token_activity) t`,
  filters: { accessToken: 't.access_token_id', network: 't.network', operation: 't.operation' },
  search: ['t.network', 't.operation'],
  sorts: {
    lastAt: 't.last_at',
    firstAt: 't.first_at',
    times: 't.times',
    network: 't.network',
    operation: 't.operation',
  },
  order: 't.last_at desc',
  scope: {},
  complete: (_, rows) => rows.map((row) => ({ ...row, permissions: permissionsOf(row.operation as string) })),
  paths: () => [],
}

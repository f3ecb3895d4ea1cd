import { permissionsOf, tokenActivity } from '@mintmark/contract'
import { column, columnsOf, resourceView } from '../../database/views/resource-view.ts'

/** Available only under its token, to callers who may read the token. */
export const tokenActivityView = resourceView(tokenActivity, {
  from: `(select token_id || '.' || network || '.' || operation as id, token_id as access_token_id, network, operation, times,
           denied, rejected, first_at, last_at from token_activity) t`,
  columns: {
    id: column<string>('t.id'),
    accessTokenId: column<string>('t.access_token_id'),
    ...columnsOf('tokenActivity', 'network', 'operation', 'times', 'denied', 'rejected', 'firstAt', 'lastAt'),
  },
  filters: {
    accessToken: 't.access_token_id',
    revokedAccessToken: 't.access_token_id',
    network: 't.network',
    operation: 't.operation',
  },
  search: ['t.network', 't.operation'],
  sorts: {
    lastAt: 't.last_at',
    firstAt: 't.first_at',
    times: 't.times',
    network: 't.network',
    operation: 't.operation',
  },
  defaultSort: [{ key: 'lastAt', descending: true }],
  order: ['t.last_at', 't.id'],
  scope: {},
  complete: (_, rows) => rows.map((row) => ({ ...row, permissions: permissionsOf(row.operation) })),
  paths: () => [],
})

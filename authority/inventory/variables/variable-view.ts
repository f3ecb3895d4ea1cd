import { vars } from '@mintmark/contract'
import { booleanColumns, columnsOf, pathOf, type RecordIn, resourceView } from '../../database/views/resource-view.ts'

export type VariableRecord = RecordIn<typeof variableView>

export const variableView = resourceView(vars, {
  from: 'variables t',
  // Leaves out the encrypted column.
  columns: columnsOf(
    'variables',
    'id',
    'accountId',
    'environmentId',
    'workspaceId',
    'key',
    'category',
    'value',
    'hcl',
    'sensitive',
    'final',
    'description',
    'accessTokenId',
    'createdAt',
    'updatedAt',
    'updatedById',
    'updatedByEmail',
  ),
  filters: {
    var: 't.id',
    key: 't.key',
    category: 't.category',
    workspace: 't.workspace_id',
    environment: 't.environment_id',
    account: 't.account_id',
    accessToken: 't.access_token_id',
  },
  search: ['t.id', 't.key', 't.description'],
  sorts: { key: 't.key', category: 't.category', updatedAt: 't.updated_at' },
  scope: { account: 't.account_id', environment: 't.environment_id', workspace: 't.workspace_id' },
  complete: (_, rows, viewer) =>
    rows.map((row) => ({
      ...row,
      ...booleanColumns(row, 'hcl', 'sensitive', 'final'),
      value: row.sensitive === 1 || !viewer.may('variables:read', pathOf(row)) ? null : row.value,
    })),
  paths: (record) => [pathOf(record)],
})

import { booleanColumns, pathOf, type ResourceView } from '../../database/resource-view.ts'

export const variableShelf: ResourceView = {
  type: 'vars',
  from: 'variables t',
  // Leaves out the encrypted column.
  columns: `t.id, t.account_id, t.environment_id, t.workspace_id, t.key, t.category, t.value, t.hcl, t.sensitive, t.final,
            t.description, t.access_token_id, t.created_at, t.updated_at, t.updated_by_id, t.updated_by_email`,
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
}

import { booleanColumns, type ResourceView } from '../../database/resource-view.ts'

export const tagShelf: ResourceView = {
  type: 'tags',
  from: 'tags t',
  columns: `t.*, case when exists (select 1 from environment_tags e where e.tag_id = t.id)
              or exists (select 1 from workspace_tags w where w.tag_id = t.id) then 1 else 0 end as in_use`,
  filters: { tag: 't.id', account: 't.account_id', name: 't.name' },
  search: ['t.id', 't.name'],
  sorts: { name: 't.name' },
  scope: { account: 't.account_id' },
  complete: (_, rows) => rows.map((row) => ({ ...row, ...booleanColumns(row, 'inUse') })),
  paths: (record) => [{ account: record.accountId as string }],
}

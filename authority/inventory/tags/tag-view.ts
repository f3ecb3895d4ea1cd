import { tags } from '@mintmark/contract'
import {
  booleanColumns,
  column,
  columnsOf,
  pathOf,
  type RecordIn,
  resourceView,
} from '../../database/views/resource-view.ts'

export type TagRecord = RecordIn<typeof tagView>

export const tagView = resourceView(tags, {
  from: 'tags t',
  columns: {
    ...columnsOf('tags', 'id', 'accountId', 'name', 'createdAt'),
    inUse: column<number>(`case when exists (select 1 from environment_tags e where e.tag_id = t.id)
      or exists (select 1 from workspace_tags w where w.tag_id = t.id) then 1 else 0 end`),
  },
  filters: { tag: 't.id', account: 't.account_id', name: 't.name' },
  search: ['t.id', 't.name'],
  sorts: { name: 't.name' },
  scope: { account: 't.account_id' },
  complete: (_, rows) => rows.map((row) => ({ ...row, ...booleanColumns(row, 'inUse') })),
  paths: (record) => [pathOf(record)],
})

import { roles } from '@mintmark/contract'
import { membersOf } from '../../database/members.ts'
import { booleanColumns, columnsOf, type RecordIn, resourceView } from '../../database/views/resource-view.ts'

export type RoleRecord = RecordIn<typeof roleView>

export const roleView = resourceView(roles, {
  from: 'roles t',
  columns: columnsOf('roles', 'id', 'accountId', 'name', 'description', 'isSystem', 'createdAt'),
  filters: { account: 't.account_id', name: 't.name', role: 't.id' },
  search: ['t.id', 't.name', 't.description'],
  sorts: { name: 't.name', isSystem: 't.is_system' },
  scope: { account: 't.account_id' },
  shared: true,
  complete: async (db, rows) => {
    const permissions = await membersOf(db, 'role_permissions', 'role_id', 'permission', rows)
    return rows.map((row) => ({ ...row, ...booleanColumns(row, 'isSystem'), permissions: permissions(row.id) }))
  },
  paths: ({ accountId }) => (accountId ? [{ account: accountId }] : []),
})

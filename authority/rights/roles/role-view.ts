import { membersOf } from '../../database/members.ts'
import { booleanColumns, type ResourceView } from '../../database/resource-view.ts'

export const roleShelf: ResourceView = {
  type: 'roles',
  from: 'roles t',
  filters: { account: 't.account_id', name: 't.name', role: 't.id' },
  search: ['t.id', 't.name', 't.description'],
  sorts: { name: 't.name', isSystem: 't.is_system' },
  scope: { account: 't.account_id' },
  shared: true,
  complete: async (db, rows) => {
    const permissions = await membersOf(db, 'role_permissions', 'role_id', 'permission', rows)
    return rows.map((row) => ({ ...row, ...booleanColumns(row, 'isSystem'), permissions: permissions(row.id) }))
  },
  paths: (record) => (record.accountId ? [{ account: record.accountId as string }] : []),
}

import { may } from '@mintmark/token'
import { sql } from 'kysely'
import type { Context } from '../context.ts'
import type { Filter, ResourceView } from '../database/resource-view.ts'

export const notificationShelf: ResourceView = {
  type: 'notifications',
  from: 'notifications t',
  filters: {
    account: 't.account_id',
    kind: 't.kind',
    ownerId: 't.owner_id',
    subjectId: 't.subject_id',
    after: ({ values }) => sql`t.at >= ${values[0] ?? ''}`,
    before: ({ values }) => sql`t.at < ${values[0] ?? ''}`,
    seen: ({ values }, { id, narrowed }) => {
      const toldToAccount = values.length > 0 ? sql`t.account_id in (${sql.join(values)})` : sql`1 = 0`
      return narrowed
        ? sql`${toldToAccount}`
        : sql`(${toldToAccount} or (t.owner_kind = 'user' and t.owner_id = ${id}))`
    },
  },
  search: ['t.id', 't.kind', 't.owner_id', 't.subject_id'],
  sorts: { at: 't.at', kind: 't.kind' },
  scope: { account: 't.account_id' },
  order: 't.at',
  complete: (_, rows) => rows.map((row) => ({ ...row, data: JSON.parse(row.data as string) })),
  paths: (record) => (record.accountId ? [{ account: record.accountId as string }] : []),
  own: (record, viewer) =>
    record.ownerKind === 'user' && record.ownerId === viewer.id && !viewer.narrowed ? 'read' : undefined,
}

/** The list requires no permission: it contains the notifications of accounts that the caller may read, and the caller's own. */
export function ownNotifications({ actor }: Context): Filter[] {
  const accounts = actor.accounts.filter((account) => may(actor.rights, 'notifications:read', { account }))
  return [{ name: 'seen', operator: 'in', values: accounts }]
}

export const webhookShelf: ResourceView = {
  type: 'webhooks',
  from: 'webhooks t',
  columns: `t.id, t.account_id, t.url, t.kinds, t.status, t.last_status, t.last_failure, t.last_delivered_at, t.circuit_open_until, t.created_at`,
  filters: { account: 't.account_id', webhook: 't.id', status: 't.status', url: 't.url' },
  search: ['t.id', 't.url'],
  sorts: { createdAt: 't.created_at', url: 't.url' },
  scope: { account: 't.account_id' },
  complete: (_, rows) =>
    rows.map((row) => ({ ...row, kinds: row.kinds === null ? null : JSON.parse(row.kinds as string) })),
  paths: (record) => [{ account: record.accountId as string }],
}

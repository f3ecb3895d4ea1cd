import { notifications, webhooks } from '@mintmark/contract'
import { may } from '@mintmark/token'
import { type SqlBool, sql } from 'kysely'
import type { Context } from '../context.ts'
import { byFlag } from '../database/views/filter-sql.ts'
import { columnsOf, type Filter, pathOf, type RecordIn, resourceView } from '../database/views/resource-view.ts'
import { findReadUntil } from './reader-store.ts'

/** The time until which a user or service account has read its notifications; empty if it never marked any. */
const readUntil = (readerId: string) =>
  sql<string>`coalesce((select r.read_until from notification_readers r where r.reader_id = ${readerId}), '')`

export const notificationView = resourceView(notifications, {
  from: 'notifications t',
  columns: columnsOf(
    'notifications',
    'id',
    'accountId',
    'kind',
    'at',
    'ownerKind',
    'ownerId',
    'subjectType',
    'subjectId',
    'data',
  ),
  filters: {
    account: 't.account_id',
    kind: 't.kind',
    ownerId: 't.owner_id',
    subjectId: 't.subject_id',
    after: ({ values }) => sql`t.at >= ${values[0] ?? ''}`,
    before: ({ values }) => sql`t.at < ${values[0] ?? ''}`,
    isRead: (filter, { id }) =>
      byFlag(filter, { isTrue: sql`t.at <= ${readUntil(id)}`, isFalse: sql`t.at > ${readUntil(id)}` }),
  },
  internalFilters: {
    seen: ({ values }, { id, narrowed }) => {
      const ofAccounts = values.map((account) => sql<SqlBool>`t.account_id = ${account}`)
      if (narrowed) return ofAccounts
      const isOther =
        values.length > 0 ? sql`(t.account_id is null or t.account_id not in (${sql.join(values)}))` : sql`1 = 1`
      return [...ofAccounts, sql`t.owner_kind = 'user' and t.owner_id = ${id} and ${isOther}`]
    },
  },
  search: ['t.id', 't.kind', 't.owner_id', 't.subject_id'],
  sorts: { at: 't.at', kind: 't.kind' },
  scope: { account: 't.account_id' },
  order: ['t.at', 't.id'],
  complete: async (db, rows, { id }) => {
    const until = await findReadUntil(db, id)
    return rows.map((row) => ({ ...row, data: JSON.parse(row.data) as object, isRead: row.at <= until }))
  },
  paths: ({ accountId }) => (accountId ? [{ account: accountId }] : []),
  own: (record, viewer) =>
    record.ownerKind === 'user' && record.ownerId === viewer.id && !viewer.narrowed ? 'read' : undefined,
})

/** The list requires no permission: it contains the notifications of accounts that the caller may read, and the caller's own. */
export function ownNotifications({ actor }: Pick<Context, 'actor'>): Filter[] {
  const accounts = actor.accounts.filter((account) => may(actor.rights, 'notifications:read', { account }))
  return [{ name: 'seen', operator: 'in', values: accounts }]
}

export type WebhookRecord = RecordIn<typeof webhookView>

export const webhookView = resourceView(webhooks, {
  from: 'webhooks t',
  columns: columnsOf(
    'webhooks',
    'id',
    'accountId',
    'url',
    'kinds',
    'status',
    'lastStatus',
    'lastFailure',
    'lastDeliveredAt',
    'lastAttemptAt',
    'circuitOpenUntil',
    'createdAt',
  ),
  filters: { account: 't.account_id', webhook: 't.id', status: 't.status', url: 't.url' },
  search: ['t.id', 't.url'],
  sorts: { createdAt: 't.created_at', url: 't.url' },
  scope: { account: 't.account_id' },
  complete: (_, rows) =>
    rows.map((row) => ({ ...row, kinds: row.kinds === null ? null : (JSON.parse(row.kinds) as string[]) })),
  paths: (record) => [pathOf(record)],
})

import { auditEvents } from '@mintmark/contract'
import { sql } from 'kysely'
import type { Db } from '../database/database.ts'
import { accountsNamed, compare } from '../database/views/filter-sql.ts'
import { columnsOf, type ListedRows, resourceView } from '../database/views/resource-view.ts'
import { countEvents } from './audit-event-store.ts'
import { findSubjectNames } from './subject-name-store.ts'

/** Events that concern no account are visible to no account; `mintmark audit` shows them. */
export const auditEventView = resourceView(auditEvents, {
  from: 'audit_events t',
  columns: columnsOf(
    'auditEvents',
    'id',
    'accountId',
    'action',
    'at',
    'actorType',
    'actorId',
    'tokenId',
    'tokenLastCharacters',
    'address',
    'requestId',
    'subjectType',
    'subjectId',
    'before',
    'after',
    'times',
    'position',
    'seal',
  ),
  filters: {
    account: 't.account_id',
    action: 't.action',
    actorId: 't.actor_id',
    actorType: 't.actor_type',
    tokenId: 't.token_id',
    subjectType: 't.subject_type',
    subjectId: 't.subject_id',
    requestId: 't.request_id',
    about: (filter) => ['t.subject_id', 't.owner_id'].map((column) => compare(sql.raw(column), filter)),
    after: ({ values }) => sql`t.at >= ${values[0] ?? ''}`,
    before: ({ values }) => sql`t.at < ${values[0] ?? ''}`,
  },
  search: ['t.id', 't.action', 't.subject_id', 't.actor_id', 't.token_id'],
  lookups: {
    exact: (text) =>
      ['id', 'action', 'subject_id', 'actor_id', 'token_id'].map((name) => ({
        where: sql`${sql.raw(`t.${name}`)} = ${text}`,
      })),
  },
  sorts: { at: 't.at', action: 't.action' },
  scope: { account: 't.account_id' },
  order: ['t.at', 't.id'],
  readOrder: { account: 't.account_id', columns: ['t.at', 't.id'], bounds: ['after', 'before'] },
  complete: async (db, rows) => {
    const names = await findSubjectNames(db, rows)
    return rows.map((row) => ({
      ...row,
      subjectName: names.get(row.subjectId ?? '') ?? null,
      before: parsed(row.before),
      after: parsed(row.after),
    }))
  },
  paths: ({ accountId }) => (accountId ? [{ account: accountId }] : []),
})

/** The number of an account's events, if only the account is named: a chain knows its length. */
export async function countAccountEvents(
  { db }: { readonly db: Db },
  { filters, reach }: ListedRows,
): Promise<number | undefined> {
  const [account, ...others] = accountsNamed(reach.accounts, { filters })
  const isOneAccount = account !== undefined && others.length === 0 && filters.every(({ name }) => name === 'account')
  return isOneAccount ? countEvents(db, account) : undefined
}

const parsed = (text: string | null) => (text === null ? null : (JSON.parse(text) as object))

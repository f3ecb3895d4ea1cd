import { leakReportNotes, leakReports, leakRules, permissionsOf } from '@mintmark/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { concernsAccount } from '../database/scopes.ts'
import {
  column,
  columnsOf,
  pathOf,
  type Reach,
  type RecordIn,
  type RowOf,
  resourceView,
  type Viewer,
} from '../database/views/resource-view.ts'
import { activitySince, siblingsOf } from '../tokens/activity/activity-since.ts'
import { accountsConcernedByEach } from '../tokens/concerned-accounts.ts'
import { confidenceOf } from './decide.ts'
import type { LeakLocation } from './locations.ts'

const reportColumns = {
  ...columnsOf(
    'leakReports',
    'id',
    'accountId',
    'tokenId',
    'source',
    'locationKind',
    'repository',
    'path',
    'line',
    'url',
    'actionTaken',
    'committedAt',
    'firstSeenAt',
    'lastSeenAt',
    'times',
    'locations',
    'otherLocations',
    'assigneeId',
    'resolution',
    'resolvedAt',
    'noteCount',
  ),
  commit: column<string | null>('t.commit_id'),
  tokenName: column<string | null>('k.name'),
  tokenLastCharacters: column<string>('k.last_characters'),
  ownerType: column<string>('k.owner_kind'),
  ownerId: column<string>('k.owner_id'),
  ownerEmail: column<string | null>('coalesce(u.email, s.email)'),
  assigneeEmail: column<string | null>('a.email'),
  lastUsedAt: column<string | null>('k.last_used_at'),
  revokedAt: column<string | null>('k.revoked_at'),
  expiresAt: column<string | null>('k.expires_at'),
}

type ReportRow = RowOf<typeof reportColumns>

export type LeakReportRecord = RecordIn<typeof leakReportView>

/** Whether a report concerns one of the accounts. `report` and `k` are the aliases of the report and its token. */
const concernsOneOf =
  (report: string) =>
  ({ accounts }: Reach): RawBuilder<SqlBool> => {
    if (accounts.length === 0) return sql`1 = 0`
    const given = sql.join(accounts)
    return sql`(${sql.raw(report)}.account_id in (${given}) or exists (select 1 from account_users m where m.user_id = k.owner_id and m.account_id in (${given})
      and ${sql.raw(concernsAccount('k', 'm.account_id'))}))`
  }

/** Visible to callers who may read the reports of an account that the token concerns, and to the token's owner. */
export const leakReportView = resourceView(leakReports, {
  from: `leak_reports t join access_tokens k on k.id = t.token_id left join users u on u.id = k.owner_id
         left join service_accounts s on s.id = k.owner_id left join users a on a.id = t.assignee_id`,
  columns: reportColumns,
  filters: {
    account: 't.account_id',
    leakReport: 't.id',
    token: 't.token_id',
    source: 't.source',
    locationKind: 't.location_kind',
    actionTaken: 't.action_taken',
    repository: 't.repository',
    assignee: 't.assignee_id',
    state: ({ values }) => {
      const [isOpen, isResolved] = (['open', 'resolved'] as const).map((state) => values.includes(state))
      if (isOpen === isResolved) return isOpen ? sql`1 = 1` : sql`1 = 0`
      return isOpen ? sql`t.resolved_at is null` : sql`t.resolved_at is not null`
    },
  },
  search: ['t.id', 't.repository', 't.path', 't.url', 'k.name', 'k.last_characters', 'u.email', 's.email'],
  sorts: {
    firstSeenAt: 't.first_seen_at',
    lastSeenAt: 't.last_seen_at',
    source: 't.source',
    repository: 't.repository',
  },
  order: ['t.first_seen_at', 't.id'],
  scope: concernsOneOf('t'),
  complete: async (db, rows, viewer) => {
    const leaks = rows.map(leakOf)
    const uses = await activitySince(db, leaks)
    const accounts = await accountsConcernedByEach(
      db,
      rows.map((row) => row.tokenId),
    )
    const withUses = leaks.map((leak) => ({ leak, uses: uses(leak) }))
    const siblings = await siblingsOf(db, withUses)
    return rows.map((row, at) => ({
      ...report(row, viewer),
      activitySince: (withUses[at]?.uses ?? []).map(({ firstAt, lastAt, isNew, ...use }) => ({
        ...use,
        permissions: permissionsOf(use.operation),
        'first-at': firstAt,
        'last-at': lastAt,
        'is-new': isNew,
      })),
      siblings: (siblings[at] ?? []).map(({ lastCharacters, ...sibling }) => ({
        ...sibling,
        'last-characters': lastCharacters,
      })),
      accounts: [row.accountId, ...(accounts.get(row.tokenId) ?? [])].filter((account) => account !== null),
    }))
  },
  paths: (record) => [...new Set(record.accounts)].map((account) => ({ account })),
  own: (record, viewer) =>
    record.ownerType === 'user' && record.ownerId === viewer.id && !viewer.narrowed ? 'read' : undefined,
})

/** A token counts as exposed since its commit, or since the first report if the time of the commit is unknown. */
export const leakOf = (row: Pick<ReportRow, 'tokenId' | 'committedAt' | 'firstSeenAt'>) => ({
  tokenId: row.tokenId,
  since: row.committedAt ?? row.firstSeenAt,
})

const locationOnly = ({ kind, repository, path, line, commit, url }: Partial<LeakLocation>) => ({
  kind,
  repository: repository ?? null,
  path: path ?? null,
  line: line ?? null,
  commit: commit ?? null,
  url: url ?? null,
})

function report(row: ReportRow, { now }: Viewer) {
  const [end] = [row.revokedAt, row.expiresAt].filter((time) => time !== null).toSorted()
  const ended = end !== undefined && end <= now.toISOString()
  const from = Date.parse(row.committedAt ?? row.firstSeenAt)
  const until = ended ? Date.parse(end) : now.getTime()
  return {
    ...row,
    otherLocations: row.otherLocations === null ? [] : (JSON.parse(row.otherLocations) as object[]).map(locationOnly),
    confidence: confidenceOf(row.source, row),
    state: row.resolvedAt === null ? 'open' : 'resolved',
    tokenState: ended ? 'inactive' : row.actionTaken === 'expiring' ? 'expiring' : 'active',
    exposedMinutes: Math.max(0, Math.ceil((until - from) / 60_000)),
  }
}

/** Visible to callers who may read the reports of an account that the token concerns, but not to the token's owner. */
export const leakReportNoteView = resourceView(leakReportNotes, {
  from: `leak_report_notes t join leak_reports r on r.id = t.leak_report_id join access_tokens k on k.id = r.token_id
         left join users u on u.id = t.author_id left join service_accounts s on s.id = t.author_id`,
  columns: {
    ...columnsOf('leakReportNotes', 'id', 'leakReportId', 'authorId', 'text', 'createdAt'),
    authorType: column<string>('t.author_kind'),
    authorEmail: column<string | null>('coalesce(u.email, s.email)'),
  },
  filters: { leakReport: 't.leak_report_id' },
  search: ['t.id', 't.text', 'u.email', 's.email'],
  sorts: { createdAt: 't.created_at' },
  scope: concernsOneOf('r'),
  complete: (_, rows) => rows,
  // Read only by the list, which its scope limits.
  paths: () => [],
})

export type LeakRuleRecord = RecordIn<typeof leakRuleView>

/** Stored in the same row as the other security rules of an account. */
export const leakRuleView = resourceView(leakRules, {
  from: 'security_rules t',
  columns: columnsOf('securityRules', 'id', 'accountId', 'leakPublic', 'leakPrivate', 'leakOverlap', 'leakSources'),
  filters: {},
  search: [],
  sorts: {},
  order: ['t.id'],
  scope: { account: 't.account_id' },
  complete: (_, rows) =>
    rows.map(({ leakPublic, leakPrivate, leakOverlap, leakSources, ...row }) => ({
      ...row,
      public: leakPublic,
      private: leakPrivate,
      overlap: leakOverlap,
      sources: JSON.parse(leakSources) as object[],
    })),
  paths: (record) => [pathOf(record)],
})

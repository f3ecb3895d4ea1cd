import { permissionsOf } from '@mintmark/contract'
import { sql } from 'kysely'
import type { ResourceView, StoredRecord, Viewer } from '../database/resource-view.ts'
import { concernsAccount } from '../database/scopes.ts'
import { activitySince, siblingsOf } from '../tokens/activity/activity-since.ts'
import { accountsConcernedByEach } from '../tokens/concerned-accounts.ts'
import { confidenceOf, type ReportedLocation } from './decide.ts'
import type { LeakLocation } from './locations.ts'

/** Visible to callers who may read the reports of an account that the token concerns, and to the token's owner. */
export const leakReportShelf: ResourceView = {
  type: 'leak-reports',
  from: `leak_reports t join access_tokens k on k.id = t.token_id left join users u on u.id = k.owner_id
         left join service_accounts s on s.id = k.owner_id`,
  columns: `t.id, t.account_id, t.token_id, t.source, t.location_kind, t.repository, t.path, t.line, t.commit_id as "commit", t.url, t.answer,
            t.committed_at, t.first_seen_at, t.last_seen_at, t.times, t.locations, t.other_locations, k.name as token_name, k.last_characters as token_last_characters,
            k.owner_kind as owner_type, k.owner_id, coalesce(u.email, s.email) as owner_email, k.last_used_at, k.revoked_at, k.expires_at`,
  filters: {
    account: 't.account_id',
    leakReport: 't.id',
    token: 't.token_id',
    source: 't.source',
    locationKind: 't.location_kind',
    answer: 't.answer',
    repository: 't.repository',
  },
  search: ['t.id', 't.repository', 't.path', 't.url', 'k.name', 'k.last_characters', 'u.email', 's.email'],
  sorts: {
    firstSeenAt: 't.first_seen_at',
    lastSeenAt: 't.last_seen_at',
    source: 't.source',
    repository: 't.repository',
  },
  order: 't.first_seen_at',
  scope: ({ accounts }) => {
    if (accounts.length === 0) return sql`1 = 0`
    const given = sql.join(accounts)
    return sql`(t.account_id in (${given}) or exists (select 1 from account_users m where m.user_id = k.owner_id and m.account_id in (${given})
      and ${sql.raw(concernsAccount('k', 'm.account_id'))}))`
  },
  complete: async (db, rows, viewer) => {
    const leaks = rows.map(leakOf)
    const uses = await activitySince(db, leaks)
    const accounts = await accountsConcernedByEach(
      db,
      rows.map((row) => row.tokenId as string),
    )
    const told = leaks.map((leak) => ({ leak, uses: uses(leak) }))
    const siblings = await siblingsOf(db, told)
    return rows.map((row, at) => ({
      ...report(row, viewer),
      activitySince: told[at]?.uses.map(({ firstAt, lastAt, isNew, ...use }) => ({
        ...use,
        permissions: permissionsOf(use.operation),
        'first-at': firstAt,
        'last-at': lastAt,
        'is-new': isNew,
      })),
      siblings: siblings[at]?.map(({ lastCharacters, ...sibling }) => ({
        ...sibling,
        'last-characters': lastCharacters,
      })),
      accounts: [row.accountId as string | null, ...(accounts.get(row.tokenId as string) ?? [])],
    }))
  },
  paths: (record) =>
    [...new Set(record.accounts as (string | null)[])].flatMap((account) => (account ? [{ account }] : [])),
  own: (record, viewer) =>
    record.ownerType === 'user' && record.ownerId === viewer.id && !viewer.narrowed ? 'read' : undefined,
}

/** A token counts as exposed since its commit, or since the first report if the time of the commit is unknown. */
export const leakOf = (row: StoredRecord) => ({
  tokenId: row.tokenId as string,
  since: (row.committedAt ?? row.firstSeenAt) as string,
})

const locationOnly = ({ kind, repository, path, line, commit, url }: Partial<LeakLocation>) => ({
  kind,
  repository: repository ?? null,
  path: path ?? null,
  line: line ?? null,
  commit: commit ?? null,
  url: url ?? null,
})

function report(row: StoredRecord, { now }: Viewer): StoredRecord {
  const end = [row.revokedAt, row.expiresAt].filter((time) => time !== null).toSorted()[0] as string | undefined
  const ended = end !== undefined && end <= now.toISOString()
  const from = Date.parse((row.committedAt ?? row.firstSeenAt) as string)
  const until = ended ? Date.parse(end) : now.getTime()
  return {
    ...row,
    otherLocations:
      row.otherLocations === null ? [] : (JSON.parse(row.otherLocations as string) as object[]).map(locationOnly),
    confidence: confidenceOf(row.source as string, row as ReportedLocation),
    tokenState: ended ? 'ended' : row.answer === 'ending' ? 'ending' : 'live',
    exposedMinutes: Math.max(0, Math.ceil((until - from) / 60_000)),
  }
}

/** Stored in the same row as the other security rules of an account. */
export const leakRuleShelf: ResourceView = {
  type: 'leak-rules',
  from: 'security_rules t',
  columns: 't.id, t.account_id, t.leak_public, t.leak_private, t.leak_overlap, t.leak_sources',
  filters: {},
  search: [],
  sorts: {},
  order: 't.id',
  scope: { account: 't.account_id' },
  complete: (_, rows) =>
    rows.map(({ leakPublic, leakPrivate, leakOverlap, leakSources, ...row }) => ({
      ...row,
      public: leakPublic,
      private: leakPrivate,
      overlap: leakOverlap,
      sources: JSON.parse(leakSources as string),
    })),
  paths: (record) => [{ account: record.accountId as string }],
}

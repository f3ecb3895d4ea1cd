/** The overview of an account. Every count stops at a limit, and every statement reads an index, off the main thread on SQLite. */
import { findingKinds, findings, kebab, limits } from '@mintmark/contract'
import { may } from '@mintmark/token'
import { Refusal } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { findPage } from '../../database/views/find-records.ts'
import type { Filter, Listing, Reach, ResourceView, Viewer } from '../../database/views/resource-view.ts'
import type { ResultOf, TokenRequest } from '../../endpoint-request.ts'
import { findingView } from '../findings/finding-view.ts'
import { countActiveTokens, countExpiries, countServiceAccounts } from './overview-store.ts'

type Overview = NonNullable<ResultOf<'getAccountOverview'>['json']>
type FindingKind = (typeof findingKinds)[number]

/** The account of the path and the caller. */
interface Asked {
  readonly db: Db
  readonly reach: Reach
  readonly viewer: Viewer
}

export async function getAccountOverview(
  lists: Db,
  { caller: { context }, params, query }: TokenRequest<'getAccountOverview'>,
): Promise<ResultOf<'getAccountOverview'>> {
  const { id, tokenId, rights } = context.actor
  const viewer: Viewer = {
    id,
    tokenId,
    narrowed: Boolean(rights.narrowing),
    now: context.world.now(),
    may: (permission, scope) => may(rights, permission, scope),
  }
  const days = daysFrom(viewer.now, query.timeZone ?? 'UTC')
  const reach = { everything: false, accounts: [params.account], environments: [], workspaces: [] }
  const asked = { db: lists, reach, viewer }
  const [activeTokens, serviceAccounts, expiries, ...found] = await Promise.all([
    countActiveTokens(asked),
    countServiceAccounts(lists, params.account),
    countExpiries(asked, days),
    ...findingKinds.map((kind) => findingsOf(asked, kind)),
  ])
  return {
    json: {
      'active-tokens': activeTokens,
      'service-accounts': serviceAccounts,
      findings: found.filter((each) => each.count > 0),
      expiries: days.map(({ date, from, until }, at) => ({ date, from, until, count: expiries[at] ?? 0 })),
    },
  }
}

const listing = (filters: readonly Filter[]): Listing => ({
  filters,
  search: null,
  sort: [{ key: 'at', descending: false }],
  page: { number: 1, size: limits.overviewFindings },
  favoritesFirst: false,
})

async function findingsOf({ db, reach, viewer }: Asked, kind: FindingKind): Promise<Overview['findings'][number]> {
  const ofKind = listing([{ name: 'kind', operator: 'in', values: [kind] }])
  const { records, total } = await findPage(db, findingView as ResourceView, ofKind, reach, viewer)
  const names = ['id', ...Object.keys(findings.attributes)]
  const first = records.map((record) => Object.fromEntries(names.map((name) => [kebab(name), record[name]])))
  return { kind, count: total, first }
}

export interface Day {
  readonly date: string
  /** The first instant of the day, and of the next one. A day can have 23 or 25 hours. */
  readonly from: string
  readonly until: string
}

function daysFrom(now: Date, timeZone: string): readonly Day[] {
  const today = dateIn(now, timeZone)
  const startOf = (date: Temporal.PlainDate) => new Date(date.toZonedDateTime(timeZone).epochMilliseconds).toISOString()
  return Array.from({ length: limits.overviewDays }, (_, days) => {
    const date = today.add({ days })
    return { date: date.toString(), from: startOf(date), until: startOf(date.add({ days: 1 })) }
  })
}

function dateIn(now: Date, timeZone: string): Temporal.PlainDate {
  try {
    return Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const detail = 'Expected an IANA time zone, such as Europe/Berlin.'
    throw new Refusal('invalid-parameter', { detail, parameter: 'time-zone' })
  }
}

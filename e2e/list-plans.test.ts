/**
 * No list sorts or scans a large table: the databases explain the statements of every declared list, with each of its sort
 * keys in both directions and each of its filters.
 */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { filterKind, operationsOf } from '@mintmark/contract'
import type { CompiledQuery } from 'kysely'
import type { Database } from '../authority/database/database.ts'
import { addFunctions, continueFunction } from '../authority/database/sqlite/sqlite-functions.ts'
import type { Filter, Viewer } from '../authority/database/views/resource-view.ts'
import { servedResources } from '../authority/served-resources.ts'
import { fillLists, listAccount, sampleValues } from '../testing/lists/fill-lists.ts'
import { type ListRequest, requestsOf, statementsOf } from '../testing/lists/list-statements.ts'
import { connected } from '../testing/postgres.ts'
import { stores } from '../testing/stores.ts'

/** Tables that grow with use rather than with configuration. The lists of all others may be sorted. */
const large = new Set(['access_tokens', 'audit_events', 'notifications', 'token_activity'])

const viewer: Viewer = { id: 'user-1', tokenId: 'at-1', narrowed: false, now: new Date('2026-12-01'), may: () => true }
const reach = { everything: false, accounts: [listAccount], environments: [], workspaces: [] }

/** The filters that the server adds to lists under a parent and to the caller's own lists. */
const added: Readonly<Record<string, Filter>> = {
  list_access_tokens: { name: 'owner', operator: 'in', values: ['user-1'] },
  list_service_account_access_tokens: { name: 'serviceAccount', operator: 'in', values: ['sa-1'] },
  list_agent_pool_access_tokens: { name: 'agentPool', operator: 'in', values: ['apool-1'] },
  list_revoked_access_tokens: { name: 'owner', operator: 'in', values: ['user-1'] },
  list_service_account_revoked_access_tokens: { name: 'serviceAccount', operator: 'in', values: ['sa-1'] },
  list_token_activity: { name: 'accessToken', operator: 'in', values: ['at-1'] },
  list_revoked_token_activity: { name: 'revokedAccessToken', operator: 'in', values: ['at-1'] },
  list_notifications: { name: 'seen', operator: 'in', values: [listAccount] },
}

const samples: Readonly<Record<string, string>> = { instant: '2026-11-01T00:00:00.000Z', boolean: 'true', days: '30' }

const requests: readonly ListRequest[] = servedResources.flatMap(({ resource, view }) =>
  operationsOf(resource)
    .filter(({ kind, under }) => kind === 'list' && !view.fixed && (!under || under in view.filters))
    .flatMap((operation) =>
      requestsOf(operation, view, reach, {
        parent: added[operation.id] ? [added[operation.id] as Filter] : [],
        valuesOf: (name) => [
          sampleValues[`${operation.id} ${name}`] ?? sampleValues[name] ?? samples[filterKind(name)] ?? 'x',
        ],
      }),
    ),
)

const ofOwners = [
  'list_access_token_usage sort=ownerEmail',
  'list_access_token_usage sort=-ownerEmail',
  'list_access_token_usage sort=ownerStatus',
  'list_access_token_usage sort=-ownerStatus',
]

/** Requests that scan or sort a large table. May only shrink. */
const exceptions: Readonly<Record<Database['kind'], readonly string[]>> = {
  sqlite: [
    // A range of one column, in the order of another.
    'list_access_token_usage filter=isExpired',
    // Only service accounts are expected to have many tokens.
    ...['list_access_tokens', 'list_agent_pool_access_tokens'].flatMap((list) =>
      ['name', 'expiresAt', 'lastUsedAt'].flatMap((key) => [`${list} sort=${key}`, `${list} sort=-${key}`]),
    ),
    // Attributes of another table.
    ...ofOwners,
    // Several kinds of findings, or of notifications, of which the caller's own are few.
    'list_findings sort=at',
    'list_findings sort=-at',
    'list_notifications sort=kind',
    'list_notifications sort=-kind',
  ],
  postgres: [
    'list_service_account_access_tokens filter=family',
    'list_access_token_usage filter=ownerStatus',
    // Up to 10,000 tokens are compared with their successors.
    'list_access_token_usage filter=finding',
    ...ofOwners,
    'list_findings filter=ownerId',
    // An index of random IDs would make each event a quarter more expensive to write.
    'list_audit_events filter=requestId',
    // Leak reports are few. The planner expects that any of them may concern the account.
    'list_leak_reports',
    ...['firstSeenAt', 'lastSeenAt', 'source', 'repository'].flatMap((key) => [
      `list_leak_reports sort=${key}`,
      `list_leak_reports sort=-${key}`,
    ]),
    ...['account', 'source', 'locationKind', 'repository'].map((name) => `list_leak_reports filter=${name}`),
  ],
}

interface PlanLine {
  readonly parent: number
  readonly detail: string
}

/** The personal tokens of all accounts are read in order: most of them belong to any account. */
const readInOrder = /INDEX access_tokens_people/

/** A loop that finds at most one row for each row of the outer loop. */
const oneRow = / EXISTS |\(id=\?\)/

/** The tables of a statement, by alias. */
const tablesIn = (sql: string): ReadonlyMap<string, string> =>
  new Map([...sql.matchAll(/(?:from|join) (\w+) (\w+)/g)].map(([, table = '', alias = '']) => [alias, table]))

/** The cost of a statement: more than 1 if it scans or sorts a large table. */
type Cost = (query: CompiledQuery) => number | Promise<number>

/** The plans of SQLite do not depend on the number of rows. */
const costInSqlite =
  (database: DatabaseSync): Cost =>
  ({ sql, parameters }) => {
    const tables = tablesIn(sql)
    const isLarge = ({ detail }: PlanLine) =>
      large.has(tables.get(/^(?:SCAN|SEARCH) (\w+)/.exec(detail)?.[1] ?? '') ?? '')
    const statement = database.prepare(`explain query plan ${sql}`)
    const plan = statement.all(...(parameters as string[])) as unknown as PlanLine[]
    const isSlow = (line: PlanLine) =>
      line.detail.startsWith('USE TEMP B-TREE')
        ? plan.some((other) => other.parent === line.parent && isLarge(other) && !oneRow.test(other.detail))
        : line.detail.startsWith('SCAN') && isLarge(line) && !readInOrder.test(line.detail)
    return plan.some(isSlow) ? 2 : 0
  }

/** The planner's unit. Counting 10,000 tokens costs 2,000; scanning or sorting all of them costs more. */
const costMax = 3_200

const costInPostgres =
  (client: Awaited<ReturnType<typeof connected>>): Cost =>
  async ({ sql, parameters }) => {
    if (![...tablesIn(sql).values()].some((table) => large.has(table))) return 0
    const { rows } = await client.query(`explain (format json) ${sql}`, [...parameters])
    return rows[0]['QUERY PLAN'][0].Plan['Total Cost'] / costMax
  }

async function costOn(t: TestContext, kind: Database['kind']): Promise<Cost> {
  const where = await stores[kind](t)
  if ('file' in where) {
    const database = new DatabaseSync(where.file)
    addFunctions(database)
    t.after(() => database.close())
    return costInSqlite(database)
  }
  await fillLists(where.url)
  const client = await connected(where.url)
  t.after(() => client.end())
  return costInPostgres(client)
}

describe('lists read large tables by an index', () => {
  for (const kind of ['sqlite', 'postgres'] as const)
    test(kind, async (t) => {
      const cost = await costOn(t, kind)
      const costs = new Map<string, number>()
      for (const request of requests)
        for (const statement of await statementsOf(kind, request, viewer))
          costs.set(request.name, Math.max(costs.get(request.name) ?? 0, await cost(statement)))
      const except = exceptions[kind]
      const slow = [...costs].filter(([name, found]) => found > 1 && !except.includes(name))
      assert.deepEqual(slow, [])
      // The planner's statistics are samples, so the costs vary.
      const needless = except.filter((name) => (costs.get(name) ?? 0) < 0.5)
      assert.deepEqual(needless, [], 'no exceptions any more')
    })
})

test('on SQLite, over-privileged tokens are counted without reading the limited tokens of their owners', async (t) => {
  const where = await stores.sqlite(t)
  using database = new DatabaseSync(where.file)
  const request = requests.find(({ name }) => name === 'list_access_token_usage filter=isOverPrivileged')
  assert.ok(request)
  for (const sort of [[], [{ key: 'ownerEmail', descending: false }], [{ key: 'ownerStatus', descending: false }]]) {
    const listing = { ...request.listing, sort }
    const statements = await statementsOf('sqlite', { ...request, listing }, viewer)
    const count = statements.find(({ sql }) => /^\s*select count/.test(sql))
    assert.ok(count)
    const plan = database.prepare(`explain query plan ${count.sql}`).all(...(count.parameters as string[]))
    const reads = (plan as unknown as PlanLine[]).map(({ detail }) => detail).filter((each) => /^\w+ t /.test(each))
    assert.ok(reads.length > 0)
    for (const each of reads) assert.match(each, /access_tokens_unlimited \(owner_kind=\? AND owner_id=\?\)/)
  }
})

test('on SQLite, an exact match of a search is found by an index, without statistics too', async (t) => {
  const where = await stores.sqlite(t)
  using database = new DatabaseSync(where.file)
  addFunctions(database)
  const searched = requests.filter(({ name, view }) => view.lookups && !name.includes('filter='))
  assert.ok(searched.length > 20)
  for (const request of searched) {
    const statements = await statementsOf(
      'sqlite',
      { ...request, listing: { ...request.listing, search: 'x' } },
      viewer,
    )
    const lookups = statements.filter(({ sql }) => sql.includes(' found') && !sql.includes(continueFunction))
    assert.ok(lookups.length > 0, request.name)
    for (const { sql, parameters } of lookups) {
      const statement = database.prepare(`explain query plan ${sql}`)
      const lines = statement.all(...(parameters as string[])) as unknown as PlanLine[]
      const reads = lines.map(({ detail }) => detail).filter((detail) => /^(?:SCAN|SEARCH) [tl] /.test(detail))
      const isFound = /\(id=\?\)|last_characters=\?|account_id=\? AND \w+=\?/
      assert.deepEqual(
        reads.filter((detail) => !isFound.test(detail)),
        [],
        request.name,
      )
    }
  }
})

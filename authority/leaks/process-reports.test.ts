import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { hashToken } from '@mintmark/token'
import { preparedDatabase } from '../../testing/prepared/prepared-database.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { type Context, systemActor } from '../context.ts'
import { setLeakRules } from '../tokens/security-rules/rules.ts'
import { fixedWorld } from '../world.ts'
import { keyOf, type LeakLocation, mergeTwo, oneReport } from './locations.ts'
import { type Leak, type LeakIntake, processFoundToken } from './process-reports.ts'

const now = '2030-01-01T12:00:00.000Z'
const location: LeakLocation = { kind: 'public', url: 'https://git.example.com/a' }

async function setUp(t: TestContext) {
  const world = fixedWorld(now)
  const { database, account, insertTokens } = await preparedDatabase(t, world)
  const notified: Leak[] = []
  const intake = { notify: async (_: Context, leak: Leak) => void notified.push(leak) } as unknown as LeakIntake
  const request = { id: 'req-1', address: '192.0.2.1', query: new URLSearchParams(), idempotencyKey: null }
  const process = (id: string, source: string, of: unknown = oneReport(location)) =>
    database.write((db) => {
      const context = { db, world, actor: systemActor, request, auditedEvents: { rows: 0 } } as unknown as Context
      return processFoundToken(intake, context, { hash: hashToken(id), source, location: JSON.stringify(of) })
    })
  const setRules = (rules: Parameters<typeof setLeakRules>[2]) =>
    database.write(async (db) => {
      const { id } = await db.selectFrom('securityRules').select('id').executeTakeFirstOrThrow()
      await setLeakRules(db, id, rules)
    })
  const reports = () => database.read.selectFrom('leakReports').selectAll().orderBy('source').execute()
  const tokenRow = (id: string) =>
    database.read.selectFrom('accessTokens').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const events = async () => {
    const rows = await rawSql(database, "select * from audit_events where request_id = 'req-1' order by rowid")
    return (rows as Record<string, string>[]).map((row) => ({
      ...row,
      before: JSON.parse(row['before'] ?? 'null'),
      after: JSON.parse(row['after'] ?? 'null'),
    }))
  }
  return { world, database, account, insertTokens, notified, process, setRules, reports, tokenRow, events }
}

test('a report of no token here is ignored', async (t) => {
  const { process, reports, notified } = await setUp(t)
  assert.equal(await process('at-unknown', 'github'), null)
  assert.deepEqual([await reports(), notified], [[], []])
})

test('the rules of the account decide what happens to a live token', async (t) => {
  const { insertTokens, process, setRules, tokenRow, notified } = await setUp(t)
  await setRules({
    public: 'revoke',
    private: 'notify',
    overlap: 60,
    sources: [
      { source: 'gitlab', action: 'rotate' },
      { source: 'github', confidence: 'no-location', action: 'notify' },
    ],
  })
  const dead = { revokedAt: null, expiresAt: now }
  const past = '2030-01-01T00:00:00.000Z'
  const cases: readonly [id: string, row: object, source: string, of: LeakLocation, action: string, left: object][] = [
    ['at-public', {}, 'github', location, 'revoked', { revokedAt: now, expiresAt: null }],
    ['at-private', {}, 'github', { ...location, kind: 'private' }, 'notified', { revokedAt: null, expiresAt: null }],
    ['at-nowhere', {}, 'github', { kind: 'public' }, 'notified', { revokedAt: null, expiresAt: null }],
    ['at-rotate', {}, 'gitlab', location, 'expiring', { revokedAt: null, expiresAt: '2030-01-01T13:00:00.000Z' }],
    ['at-holder', {}, 'holder', { ...location, kind: 'private' }, 'revoked', { revokedAt: now, expiresAt: null }],
    ['at-revoked', { revokedAt: past }, 'github', location, 'inactive', { revokedAt: past, expiresAt: null }],
    ['at-expired', { expiresAt: now }, 'gitlab', location, 'inactive', dead],
  ]
  for (const [id, row, source, of, action, left] of cases) {
    await insertTokens({ id, ...row })
    assert.equal(await process(id, source, oneReport(of)), action, id)
    const { revokedAt, expiresAt } = await tokenRow(id)
    assert.deepEqual({ revokedAt, expiresAt }, left, id)
  }
  assert.deepEqual(
    notified.map(({ token, source, actionTaken, location }) => [token.id, source, actionTaken, location.kind]),
    cases.slice(0, 5).map(([id, , source, of, action]) => [id, source, action, of.kind]),
    'an inactive token is not notified',
  )
})

test('a report is stored and audited with its location', async (t) => {
  const { account, insertTokens, process, reports, events, notified } = await setUp(t)
  const full = {
    kind: 'public',
    repository: 'example/app',
    path: 'a.env',
    line: 7,
    commit: 'c0ffee',
    url: 'https://git.example.com/a',
  } as const
  await insertTokens({ id: 'at-one' }, { id: 'at-alone', ownerId: 'user-gone', accountId: null })
  await process('at-one', 'github', oneReport({ ...full, committedAt: now }))
  const { commit: commitId, kind: locationKind, ...columns } = full
  const [report] = await reports()
  assert.match(report?.id ?? '', /^leak-/)
  const stored = {
    ...columns,
    commitId,
    locationKind,
    id: report?.id,
    accountId: account,
    tokenId: 'at-one',
    source: 'github',
    locationKey: keyOf(full),
    actionTaken: 'revoked',
    committedAt: now,
    firstSeenAt: now,
    lastSeenAt: now,
    times: 1,
    locations: 1,
    otherLocations: null,
    assigneeId: null,
    resolution: null,
    resolvedAt: null,
    noteCount: 0,
  }
  assert.deepEqual({ ...report }, stored)
  assert.equal(notified[0]?.id, report?.id)
  const audited = await events()
  assert.equal(audited[0]?.before.reason, 'leaked: github')
  const { lastCharacters } = notified[0]?.token ?? {}
  const after = {
    source: 'github',
    token: 'at-one',
    lastCharacters,
    actionTaken: 'revoked',
    location: { ...full, committedAt: now },
  }
  const event = audited.at(-1) as Record<string, unknown>
  assert.deepEqual(
    [event['action'], event['accountId'], event['subjectType'], event['subjectId'], event['after']],
    ['leak-reports.taken', account, 'leak-reports', report?.id, after],
  )

  await process('at-alone', 'gitlab', oneReport({ kind: 'unknown', committedAt: '2030-01-01T12:00:00.001Z' }))
  const none = { repository: null, path: null, line: null, commitId: null, url: null, committedAt: null }
  const { id } = (await reports())[1] ?? {}
  assert.deepEqual(
    { ...(await reports())[1] },
    {
      ...stored,
      ...none,
      id,
      accountId: null,
      tokenId: 'at-alone',
      source: 'gitlab',
      locationKind: 'unknown',
      locationKey: keyOf({ kind: 'unknown' }),
    },
    'a future time is ignored',
  )
})

test('a repeated report is counted, and its event and notification are repeated only for another action', async (t) => {
  const { world, insertTokens, process, setRules, reports, events, notified } = await setUp(t)
  await insertTokens({ id: 'at-one' })
  await setRules({ public: 'notify' })
  const state = async () => {
    const [{ actionTaken, times, firstSeenAt, lastSeenAt } = {} as never, ...others] = await reports()
    assert.deepEqual(others, [])
    const taken = (await events()).filter((event) => (event as { action?: string }).action === 'leak-reports.taken')
    return [actionTaken, times, firstSeenAt, lastSeenAt, taken.length, notified.length]
  }
  const at = (second: number) => `2030-01-01T12:00:0${second}.000Z`
  const repeat = async (second: number) => {
    world.set(at(second))
    const action = await process('at-one', 'github')
    return [action, await state()]
  }
  assert.deepEqual(await repeat(1), ['notified', ['notified', 1, at(1), at(1), 1, 1]])
  assert.deepEqual(await repeat(2), ['notified', ['notified', 2, at(1), at(2), 1, 1]])
  await setRules({ public: 'revoke' })
  assert.deepEqual(await repeat(3), ['revoked', ['revoked', 3, at(1), at(3), 2, 2]])
  assert.equal(notified[1]?.id, notified[0]?.id)
  assert.deepEqual(await repeat(4), ['inactive', ['revoked', 4, at(1), at(4), 2, 2]])
})

test('reports are one if they have source and location in common; those of a token holder always are', async (t) => {
  const { insertTokens, process, setRules, reports } = await setUp(t)
  await insertTokens({ id: 'at-one' }, { id: 'at-two' })
  await setRules({ public: 'notify' })
  const elsewhere = { ...location, url: 'https://git.example.com/b' }
  const merged = mergeTwo(oneReport(location), oneReport(elsewhere))
  await process('at-one', 'github', location)
  await process('at-one', 'github', merged)
  await process('at-one', 'github', oneReport(elsewhere))
  await process('at-one', 'gitlab')
  await process('at-two', 'holder', merged)
  await process('at-two', 'holder', oneReport({ ...location, url: 'https://git.example.com/c' }))
  const seen = (await reports()).map(({ source, url, times, locations, locationKey }) => [
    source,
    url?.slice(-1),
    times,
    locations,
    locationKey === 'holder',
  ])
  assert.deepEqual(seen.toSorted(), [
    ['github', 'a', 3, 2, false],
    ['github', 'b', 1, 1, false],
    ['gitlab', 'a', 1, 1, false],
    ['holder', 'a', 3, 3, true],
  ])
})

/** Anybody can send reports, so a flood of them must not hide real leaks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@mintmark/contract'
import { type Authority, document, machine, startAuthority } from '../../testing/kit.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'
import { fixedWorld } from '../world.ts'
import { type LeakLocation, mergedReportsOf, mergeReports, mergeTwo, oneReport } from './locations.ts'

const report = ({ call }: Authority, tokens: readonly unknown[]) =>
  call('POST', '/leaks/report', { token: null, body: { tokens }, headers: { 'content-type': 'application/json' } })
const count = async ({ database }: Authority, text: string) => {
  const [row] = (await rawSql(database, `select count(*) as n from ${text}`)) as { n: number }[]
  return Number(row?.n)
}
const rows = async (authority: Authority) => ({
  reports: await count(authority, 'leak_reports'),
  notifications: await count(authority, "notifications where kind = 'token.leaked'"),
  deliveries: await count(authority, 'webhook_deliveries'),
  audited: await count(authority, "audit_events where action = 'leak-reports.taken'"),
})
const locations = (token: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => ({
    token,
    location: { url: `https://pastes.example.com/${from + at}` },
  }))

for (const [name, store] of Object.entries(stores))
  test(`an inactive token reported with thousands of locations makes one report and no notification (${name})`, async (t) => {
    const authority = await startAuthority(t, { store: await store(t) })
    const { call } = authority
    const hooked = await call('POST', '/webhooks', {
      body: document('webhooks', { url: 'https://hooks.example.com/x' }),
    })
    assert.equal(hooked.status, 201, hooked.text)
    const { id, token } = await machine(authority, 'ci')
    const [{ id: tokenId }] = (await call('GET', `/service-accounts/${id}/access-tokens`)).json.data
    assert.equal((await call('DELETE', `/access-tokens/${tokenId}`)).status, 204)
    const before = await rows(authority)
    for (let from = 0; from < 3_000; from += 1_000)
      assert.equal((await report(authority, locations(token, from, from + 1_000))).status, 202)
    const after = await rows(authority)
    assert.deepEqual(after, { ...before, reports: 1, audited: 1 })
    const [leak] = (await call('GET', '/leak-reports')).json.data
    assert.partialDeepStrictEqual(leak.attributes, {
      'action-taken': 'inactive',
      source: 'holder',
      url: 'https://pastes.example.com/0',
      times: 3_000,
      locations: 3_000,
    })
    const others = leak.attributes['other-locations']
    assert.deepEqual([others.length, others[0].url], [9, 'https://pastes.example.com/1'])
  })

test('an active token that a holder reports 1,000 times is revoked, with one report and one notification', async (t) => {
  const authority = await startAuthority(t)
  const { token } = await machine(authority, 'ci')
  await report(authority, [...locations(token, 0, 500), ...locations(token, 0, 500)])
  assert.equal((await authority.call('GET', '/ping', { token })).status, 401)
  const { reports, notifications, audited } = await rows(authority)
  assert.deepEqual([reports, notifications, audited], [1, 1, 1])
  const [leak] = (await authority.call('GET', '/leak-reports')).json.data
  assert.partialDeepStrictEqual(leak.attributes, { 'action-taken': 'revoked', times: 1_000 })
})

test('a flood of reports of one token does not hide the leak of another', async (t) => {
  const authority = await startAuthority(t)
  const [flood, real] = [await machine(authority, 'flood'), await machine(authority, 'real')]
  await report(authority, [
    ...locations(flood.token, 0, 900),
    ...locations(real.token, 0, 1),
    ...locations(flood.token, 900, 950),
  ])
  const { data } = (await authority.call('GET', '/leak-reports')).json
  assert.equal(data.length, 2)
  assert.equal((await authority.call('GET', '/notifications?filter[kind]=token.leaked')).json.data.length, 2)
})

test('the limit per address counts tokens, not reports, in every report format', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const authority = await startAuthority(t, { world })
  const strings = Array.from({ length: limits.leakTokensPerReport }, (_, at) => `eyJx.y.${at}`)
  for (let sent = 0; sent < limits.leakEntriesPerMinute; sent += limits.leakTokensPerReport)
    assert.equal((await report(authority, strings)).status, 202)
  const forms = [
    ['application/json', JSON.stringify({ tokens: ['x'] })],
    ['text/plain', 'eyJx.y.z'],
    ['application/x-www-form-urlencoded', 'tokens=eyJx.y.z'],
  ] as const
  for (const [type, body] of forms) {
    const answer = await authority.call('POST', '/leaks/report', {
      token: null,
      body,
      headers: { 'content-type': type },
    })
    assert.deepEqual([answer.status, answer.json.errors[0].code], [429, 'too-many-reports'], type)
    assert.ok(Number(answer.headers['retry-after']) > 0)
  }
  world.set('2030-01-01T00:01:01.000Z')
  assert.equal((await report(authority, ['x'])).status, 202)
})

test('notifications per token and hour are limited, while all reports of an authenticated reporter are stored', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const authority = await startAuthority(t, { world, gitlabToken: 'shared' })
  await authority.call('PATCH', '/leak-rules', { body: document('leak-rules', { public: 'notify' }) })
  const { token } = await machine(authority, 'ci')
  const sendReports = (from: number, to: number) =>
    authority.call('POST', '/v1/revoke_tokens', {
      token: null,
      body: locations(token, from, to).map(({ location }) => ({ type: 'x', token, location: location.url })),
      headers: { authorization: 'shared', 'content-type': 'application/json' },
    })
  await sendReports(0, 60)
  const first = await rows(authority)
  assert.deepEqual([first.reports, first.notifications], [60, limits.leakNotificationsPerTokenPerHour])
  world.set('2030-01-01T01:00:01.000Z')
  await sendReports(60, 61)
  assert.equal((await rows(authority)).notifications, limits.leakNotificationsPerTokenPerHour + 1)
})

test('merging counts each kept location once, and every report', () => {
  const location = (path: string): LeakLocation => ({ kind: 'unknown', path })
  const [{ merged } = { merged: oneReport(location('')) }] = mergeReports(
    ['a', 'b', 'a', 'c'].map((path) => ({ text: 'token', location: location(path) })),
  )
  assert.deepEqual([merged.locations, merged.times, merged.others.length], [3, 4, 2])
  const more = mergeTwo(
    merged,
    mergeReports(['b', 'd'].map((path) => ({ text: 'token', location: location(path) })))[0]?.merged ?? merged,
  )
  assert.deepEqual([more.locations, more.times, more.others.length], [4, 6, 3])
  const row = { locationKind: 'unknown', repository: null, path: 'a', line: null, commitId: null, url: null }
  const stored = mergedReportsOf({ ...row, locations: 3, times: 4, otherLocations: JSON.stringify(merged.others) })
  assert.equal(mergeTwo(stored, oneReport(location('a'))).locations, 3)
})

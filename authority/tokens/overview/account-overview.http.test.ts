import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findingKinds, limits } from '@mintmark/contract'
import { document, machine, startAuthority } from '../../../testing/kit.ts'
import { insertTokens } from '../../../testing/many-tokens.ts'
import { rawSql } from '../../../testing/raw-sql.ts'
import { stores } from '../../../testing/stores.ts'
import { fixedWorld } from '../../world.ts'

for (const [name, store] of Object.entries(stores)) {
  test(`the overview has the counts and first rows of the lists (${name})`, async (t) => {
    const world = fixedWorld('2030-01-01T00:00:00Z')
    const authority = await startAuthority(t, { world, store: await store(t) })
    const { call, prepared } = authority
    for (const each of ['one', 'two', 'three', 'four']) await machine(authority, each)
    const { id } = await machine(authority, 'old')
    for (const days of [10, 30, 40])
      await call('POST', `/service-accounts/${id}/access-tokens`, {
        body: document('access-tokens', { name: `${days} days`, 'expires-in': days * 1440 }),
      })
    world.set('2030-01-20T12:00:00Z')
    const { json } = await call('GET', `/accounts/${prepared.account}/overview`)
    const list = async (path: string) => (await call('GET', path)).json
    for (const kind of findingKinds) {
      const listed = await list(`/findings?filter[kind]=${kind}&sort=at&page[size]=${limits.overviewFindings}`)
      const group = json.findings.find((each: { kind: string }) => each.kind === kind)
      assert.equal(group?.count ?? 0, listed.meta.pagination['total-count'], kind)
      assert.deepEqual(
        group?.first ?? [],
        listed.data.map((each: { id: string; attributes: object }) => ({ id: each.id, ...each.attributes })),
      )
    }
    assert.deepEqual(
      json.findings.map((each: { kind: string }) => each.kind),
      ['service-account-without-policy', 'service-account-without-owner', 'token-without-expiry'],
    )
    const active = await list('/reports/access-tokens?filter[is-expired]=false')
    assert.equal(json['active-tokens'], active.meta.pagination['total-count'])
    assert.equal(json['service-accounts'], 5)
    const marked = json.expiries.filter(({ count }: { count: number }) => count > 0)
    assert.deepEqual(
      marked.map(({ date, count }: { date: string; count: number }) => [date, count]),
      [
        ['2030-01-31', 1],
        ['2030-02-10', 1],
      ],
    )
  })

  test(`counts of the overview are complete up to their limits (${name})`, async (t) => {
    const world = fixedWorld('2030-01-01T00:00:00Z')
    const authority = await startAuthority(t, { world, store: await store(t) })
    const { call, database, prepared } = authority
    const { id } = await machine(authority, 'many')
    const count = limits.countedRows + 250
    await insertTokens(database, { owner: id, account: prepared.account, count })
    const overview = async () => (await call('GET', `/accounts/${prepared.account}/overview`)).json
    const { 'active-tokens': active, findings } = await overview()
    assert.equal(active, limits.countedRows + 1)
    const [endless] = findings.filter((each: { kind: string }) => each.kind === 'token-without-expiry')
    assert.deepEqual([endless.count, endless.first.length], [limits.countedMatches + 1, limits.overviewFindings])
    const expireOn = (from: number, until: number, at: string) =>
      rawSql(
        database,
        `update access_tokens set expires_at = '${at}' where id >= 'at-many${String(from).padStart(6, '0')}' and id < 'at-many${String(until).padStart(6, '0')}'`,
      )
    await expireOn(1_100, 2_000, '2030-01-03T23:59:59.999Z')
    await expireOn(2_000, 2_003, '2030-01-04T00:00:00.000Z')
    await expireOn(2_003, 2_005, '2030-02-04T23:59:59.999Z')
    await expireOn(2_005, 2_010, '2030-02-05T00:00:00.000Z')
    const { expiries } = await overview()
    assert.deepEqual(
      [2, 3, 34].map((at) => [expiries[at].date, expiries[at].count]),
      [
        ['2030-01-03', 900],
        ['2030-01-04', 3],
        ['2030-02-04', 2],
      ],
    )
    assert.equal(expiries.length, 35)
    await rawSql(database, `update access_tokens set expires_at = '2030-01-05T10:00:00.000Z' where owner_id = '${id}'`)
    assert.equal((await overview()).expiries[4].count, limits.countedMatches + 1)
  })
}

test('days of the overview begin in the time zone of the request, also when the clocks change', async (t) => {
  const world = fixedWorld('2030-03-29T23:30:00Z')
  const { call, prepared } = await startAuthority(t, { world })
  const days = async (zone: string) =>
    (await call('GET', `/accounts/${prepared.account}/overview?time-zone=${zone}`)).json.expiries
  const [saturday, sunday, monday] = await days('Europe/Berlin')
  assert.deepEqual(saturday, {
    date: '2030-03-30',
    from: '2030-03-29T23:00:00.000Z',
    until: '2030-03-30T23:00:00.000Z',
    count: 0,
  })
  assert.equal(sunday.until, '2030-03-31T22:00:00.000Z')
  assert.equal(monday.from, sunday.until)
  const [today] = await days('America/New_York')
  assert.deepEqual([today.date, today.from], ['2030-03-29', '2030-03-29T04:00:00.000Z'])
})

test('an unknown time zone is rejected by name', async (t) => {
  const { call, prepared } = await startAuthority(t)
  for (const zone of ['Nowhere/Atlantis', 'x'.repeat(65), '%00', '']) {
    const refused = await call('GET', `/accounts/${prepared.account}/overview?time-zone=${zone}`)
    assert.equal(refused.status, 400, zone)
    assert.deepEqual(refused.json.errors[0].source, { parameter: 'time-zone' }, refused.text)
  }
})

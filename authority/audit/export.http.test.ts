/** The audit log as a file. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { measureAgain, turnMillisecondsMax } from '../../testing/event-loop/turn-cpu.ts'
import { type Authority, document, startAuthority } from '../../testing/kit.ts'
import { spyOnLists } from '../../testing/lists/list-spy.ts'
import { stores } from '../../testing/stores.ts'
import { insertAuditEvents } from './audit-event-store.ts'

const day = (number: number) => new Date(Date.UTC(2020, 0, 1) + number * 86_400_000).toISOString()

/** Events whose IDs are not in the order of their times: two each day, and every third with a text that is a formula. */
async function insertEvents({ database, prepared }: Authority, count: number, accountId = prepared.account) {
  const events = Array.from({ length: count }, (_, at) => ({
    ...{ id: `ae-${accountId}-${(at * 7_919) % count}`, accountId, action: at % 3 ? 'tags.created' : 'roles.updated' },
    ...{ at: day(Math.floor(at / 2)), actorType: 'users', actorId: 'user-1', tokenId: null, tokenLastCharacters: null },
    ...{ address: '192.0.2.1', requestId: `req-${at % 10}`, subjectType: 'tags', subjectId: `=tag-${at}` },
    ...{ before: null, after: JSON.stringify({ name: `a "quoted"; =${at}\n` }), times: 1 },
    ...{ position: 1_000 + at, seal: `1:${at}` },
  }))
  for (let at = 0; at < count; at += 2_000)
    await database.write((db) => insertAuditEvents(db, events.slice(at, at + 2_000)))
}

const rowsIn = (text: string) =>
  text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** The server seals its own events at any time. */
const withoutSeal = (row: { id: string }) => (row.id.startsWith('ae-acc') ? row : { ...row, position: 0, seal: '' })

const listed = async ({ call }: Authority, query: string) => {
  const pages = [1, 2, 3].map((page) => call('GET', `/audit-events?${query}&page[size]=100&page[number]=${page}`))
  return (await Promise.all(pages)).flatMap(({ json }) => json.data)
}

for (const [name, store] of Object.entries(stores))
  describe(name, () => {
    test('an export has all events of the account, in the order of time, as the list returns them', async (t) => {
      const authority = await startAuthority(t, { store: await store(t) })
      await insertEvents(authority, 240)
      await insertEvents(authority, 20, 'acc-other')
      const expected = await listed(authority, 'sort=at')
      const lines = await authority.call('GET', '/audit-events?format=jsonl')
      assert.equal(lines.headers['content-type'], 'application/jsonl; charset=utf-8')
      assert.equal(lines.headers['content-disposition'], 'attachment; filename="audit-events.jsonl"')
      assert.deepEqual(
        rowsIn(lines.text).map(withoutSeal),
        expected.map(({ id, attributes, relationships }) =>
          withoutSeal({ id, ...attributes, account: relationships.account.data.id }),
        ),
      )
      const csv = await authority.call('GET', '/audit-events?format=csv')
      const [head, ...rows] = csv.text.trim().split('\r\n')
      assert.match(head ?? '', /^"id","action","at",.*"position","seal","account"$/)
      assert.deepEqual(
        rows.map((row) => row.slice(1, row.indexOf('",'))),
        expected.map(({ id }) => id),
      )
      assert.match(rows[1] ?? '', /"'=tag-1","","","\{""name"":""a \\""quoted\\"";' =1\\n""\}","1","1001","1:1","acc-/)
    })

    test('an export has the events that the filters and the search of the list select', async (t) => {
      const authority = await startAuthority(t, { store: await store(t) })
      await insertEvents(authority, 240)
      for (const query of [
        'filter[action]=roles.updated',
        'filter[request-id]=req-3',
        `filter[after]=${day(20)}&filter[before]=${day(40)}`,
        `filter[account]=${authority.prepared.account}&filter[actor-type]=in:users,system`,
        'filter[account]=acc-other',
        'query=roles.',
        'sort=-at',
        'sort=action',
      ]) {
        const sort = query.startsWith('sort') ? '' : '&sort=at'
        const expected = (await listed(authority, query + sort)).map(({ id }) => id)
        const { text } = await authority.call('GET', `/audit-events?format=jsonl&${query}`)
        assert.deepEqual(
          rowsIn(text).map(({ id }) => id),
          expected,
          query,
        )
      }
    })

    test('an export of 20,000 events does not block the event loop', async (t) => {
      const authority = await startAuthority(t, { store: await store(t) })
      await insertEvents(authority, 20_000)
      const { value, longest } = await measureAgain(() => authority.call('GET', '/audit-events?format=jsonl'))
      assert.ok(value.text.trim().split('\n').length > 20_000)
      assert.ok(longest <= turnMillisecondsMax, `${longest} ms of CPU in one turn`)
    })
  })

test('an export reads only the account and the time that it selects', async (t) => {
  const authority = await startAuthority(t)
  await insertEvents(authority, 4_000)
  await insertEvents(authority, 8_000, 'acc-other')
  const statements = spyOnLists(t, authority.database)
  const count = async (query: string) => {
    statements.length = 0
    await authority.call('GET', `/audit-events?format=jsonl${query}`)
    return statements.length
  }
  // Three statements for each batch of 500, of which one reads names, and one that finds the end.
  assert.equal(await count(''), 3 * 9 + 1)
  assert.equal(await count(`&filter[before]=${day(200)}`), 4)
})

test('an event has the current name of its object, however it is called now, and null if it was deleted', async (t) => {
  const { call, prepared } = await startAuthority(t)
  const make = async (type: string, attributes: object, relations = {}) =>
    (await call('POST', `/${type}`, { body: document(type, attributes, relations) })).json.data.id as string
  const team = await make('teams', { name: 'ops' }, { account: ['accounts', prepared.account] })
  const roles = (await call('GET', '/roles?page[size]=1')).json.data.map(({ id }: { id: string }) => id)
  const policy = await make(
    'access-policies',
    {},
    { team: ['teams', team], roles: roles.map((id: string) => ['roles', id]), account: ['accounts', prepared.account] },
  )
  await call('PATCH', `/teams/${team}`, {
    body: { data: { type: 'teams', id: team, attributes: { name: 'platform' } } },
  })
  const nameOf = async (id: string) => {
    const { json } = await call('GET', `/audit-events?filter[subject-id]=${id}`)
    return json.data[0]?.attributes['subject-name']
  }
  assert.deepEqual([await nameOf(team), await nameOf(policy)], ['platform', 'platform'])
  await call('DELETE', `/access-policies/${policy}`)
  await call('DELETE', `/teams/${team}`)
  assert.deepEqual([await nameOf(team), await nameOf(policy)], [null, null])
})

test('an event contains no name of a user, whom the reader may not know', async (t) => {
  const { call, prepared } = await startAuthority(t)
  const [user] = (await call('GET', '/users')).json.data
  const changed = await call('PATCH', `/users/${user.id}`, { body: document('users', { 'full-name': 'Ann Platform' }) })
  assert.equal(changed.status, 200)
  const policies = (await call('GET', `/access-policies?filter[user]=${user.id}`)).json.data
  assert.ok(policies.length > 0)
  for (const id of [user.id, ...policies.map(({ id }: { id: string }) => id), prepared.account]) {
    const { json } = await call('GET', `/audit-events?filter[subject-id]=${id}`)
    for (const { attributes } of json.data) assert.notEqual(attributes['subject-name'], 'Ann Platform')
  }
  const own = await call('GET', `/audit-events?filter[subject-id]=${user.id}`)
  assert.equal(own.json.data[0].attributes['subject-name'], null)
})

test('an unknown format is refused', async (t) => {
  const { call } = await startAuthority(t)
  for (const path of ['/audit-events', '/reports/access-tokens']) {
    const { status, json } = await call('GET', `${path}?format=xml`)
    assert.deepEqual(
      [status, json.errors[0].code, json.errors[0].source],
      [400, 'invalid-parameter', { parameter: 'format' }],
    )
    assert.match(json.errors[0].detail, /Expected json or csv/)
  }
})

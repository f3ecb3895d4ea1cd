/** Leak reports are assigned, resolved and reopened, and have notes. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { document, errorOf, machine, startAuthority } from '../../testing/kit.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'
import { fixedWorld } from '../world.ts'

const start = '2030-01-01T00:00:00.000Z'

/** A leak report of an active token of a service account. */
async function setUp(t: TestContext, store?: Parameters<typeof startAuthority>[1]) {
  const world = fixedWorld(start)
  const authority = await startAuthority(t, { ...store, gitlabToken: 'shared', world })
  const { call, prepared } = authority
  const { id, token } = await machine(authority, 'ci')
  await call('PATCH', '/leak-rules', { body: document('leak-rules', { public: 'notify' }) })
  await call('POST', '/v1/revoke_tokens', {
    token: null,
    body: [{ type: 'x', token, location: 'https://gitlab.example.com/a' }],
    headers: { authorization: 'shared', 'content-type': 'application/json' },
  })
  const [report] = (await call('GET', '/leak-reports')).json.data
  const path = `/leak-reports/${report.id}`
  const change = (attributes: object, assignee?: string | null, caller?: string) => {
    const relation = assignee === undefined ? {} : { assignee: assignee && (['users', assignee] as const) }
    const body = document('leak-reports', attributes, relation as Parameters<typeof document>[2])
    return call('PATCH', path, { body, ...(caller ? { token: caller } : {}) })
  }
  const addNote = (text: string, caller?: string) =>
    call('POST', `${path}/actions/add-note`, { body: { text }, ...(caller ? { token: caller } : {}) })
  const notes = async () => (await call('GET', `/leak-report-notes?filter[leak-report]=${report.id}`)).json.data
  const listed = async (query: string): Promise<number> =>
    (await call('GET', `/leak-reports?${query}`)).json.data.length
  const events = async (action: string) =>
    (await call('GET', `/audit-events?filter[action]=${action}&sort=at`)).json.data.map(
      (each: { attributes: Record<string, unknown> }) => each.attributes,
    )
  const user = async (name: string): Promise<string> => {
    const body = document('users', { email: `${name}@mintmark.internal`, status: 'Active' })
    const { id } = (await call('POST', '/users', { body })).json.data
    const member = `insert into account_users (id, account_id, user_id, created_at) values ('${id}', '${prepared.account}', '${id}', '${start}')`
    await rawSql(authority.database, member)
    return id
  }
  const owner = (await call('GET', `/users?filter[account]=${prepared.account}`)).json.data[0].id as string
  return { authority, world, id, token, path, report, change, addNote, notes, listed, events, user, owner }
}

for (const [name, store] of Object.entries(stores))
  test(`a report is resolved, hidden from findings, and reopened (${name})`, async (t) => {
    const { authority, world, change, listed, events } = await setUp(t, { store: await store(t) })
    const findings = async () => (await authority.call('GET', '/findings?filter[kind]=token-leaked')).json.data.length
    assert.deepEqual(
      [await findings(), await listed('filter[state]=open'), await listed('filter[state]=resolved')],
      [1, 1, 0],
    )
    const resolved = await change({ resolution: 'accepted' })
    assert.equal(resolved.status, 200, resolved.text)
    assert.partialDeepStrictEqual(resolved.json.data.attributes, {
      state: 'resolved',
      resolution: 'accepted',
      'resolved-at': start,
    })
    assert.deepEqual(
      [await findings(), await listed('filter[state]=open'), await listed('filter[state]=resolved')],
      [0, 0, 1],
    )
    assert.deepEqual([await listed('filter[state]=in:open,resolved'), await listed('filter[state]=other')], [1, 0])
    world.set('2030-01-02T00:00:00.000Z')
    assert.equal((await change({ resolution: 'other' })).json.data.attributes['resolved-at'], start)
    world.set('2030-01-03T00:00:00.000Z')
    assert.partialDeepStrictEqual((await change({ resolution: null })).json.data.attributes, {
      state: 'open',
      resolution: null,
      'resolved-at': null,
    })
    assert.deepEqual([await findings(), await listed('filter[state]=open')], [1, 1])
    const told = (await events('leak-reports.updated')) as { before: object; after: object }[]
    assert.deepEqual(
      told.map(({ before, after }) => [before, after]),
      [
        [{ resolution: null }, { resolution: 'accepted' }],
        [{ resolution: 'accepted' }, { resolution: 'other' }],
        [{ resolution: 'other' }, { resolution: null }],
      ],
    )
  })

test('a report of an active token cannot be resolved as revoked', async (t) => {
  const { authority, path, change } = await setUp(t)
  assert.deepEqual(errorOf(await change({ resolution: 'revoked' })), [
    'invalid-attribute',
    'The token is still active. Revoke it first, or select another resolution.',
    '/data/attributes/resolution',
  ])
  await authority.call('POST', `${path}/actions/contain`, { body: { what: 'token' } })
  assert.equal((await change({ resolution: 'revoked' })).json.data.attributes.state, 'resolved')
})

for (const [name, store] of Object.entries(stores))
  test(`a report is assigned only to an active user who can see it (${name})`, async (t) => {
    const { authority, change, listed, owner, user } = await setUp(t, { store: await store(t) })
    const { call, prepared } = authority
    const other = await user('other')
    for (const assignee of [other, 'user-unknown'])
      assert.match(errorOf(await change({}, assignee)).join(), /^(?:invalid-relationship|unknown-related)/, assignee)
    const role = await call('POST', '/roles', {
      body: document('roles', { name: 'triage' }, { permissions: [['permissions', 'leak-reports:read']] }),
    })
    const policy = await call('POST', '/access-policies', {
      body: document(
        'access-policies',
        {},
        { account: ['accounts', prepared.account], user: ['users', other], roles: [['roles', role.json.data.id]] },
      ),
    })
    assert.equal(policy.status, 201, policy.text)
    const assigned = await change({}, other)
    assert.equal(assigned.status, 200, assigned.text)
    assert.equal(assigned.json.data.relationships.assignee.data.id, other)
    assert.equal(assigned.json.data.attributes['assignee-email'], 'other@mintmark.internal')
    const counts = [other, owner, 'null'].map((id) => listed(`filter[assignee]=${id}`))
    assert.deepEqual(await Promise.all(counts), [1, 0, 0])
    await call('PATCH', `/users/${other}`, { body: document('users', { status: 'Inactive' }) })
    assert.equal(errorOf(await change({}, other))[0], 'invalid-relationship')
    assert.equal((await change({}, owner)).status, 200)
    assert.equal((await change({}, null)).json.data.relationships.assignee.data, null)
    assert.equal(await listed('filter[assignee]=null'), 1)
  })

test('deleting a user unassigns their reports', async (t) => {
  const { authority, report, listed, user } = await setUp(t)
  const other = await user('other')
  await rawSql(authority.database, `update leak_reports set assignee_id = '${other}' where id = '${report.id}'`)
  assert.equal((await authority.call('DELETE', `/users/${other}`)).status, 204)
  assert.equal(await listed('filter[assignee]=null'), 1)
})

for (const [name, store] of Object.entries(stores))
  test(`a note has its author and time, is audited and cannot be changed (${name})`, async (t) => {
    const { authority, path, id, token, addNote, notes, events, owner } = await setUp(t, { store: await store(t) })
    const added = await addNote('In an example.\nNot used.')
    assert.equal(added.status, 201, added.text)
    const { type, id: noteId, attributes } = added.json.data
    assert.deepEqual(attributes, {
      text: 'In an example.\nNot used.',
      'created-at': start,
      'author-type': 'user',
      'author-id': owner,
      'author-email': attributes['author-email'],
    })
    assert.match(attributes['author-email'], /@/)
    assert.deepEqual(
      (await notes()).map((each: { id: string }) => each.id),
      [noteId],
    )
    assert.equal((await authority.call('GET', path)).json.data.attributes['note-count'], 1)
    const [event] = await events('leak-reports.note-added')
    assert.partialDeepStrictEqual(event, {
      'subject-id': path.split('/')[2],
      after: { text: 'In an example.\nNot used.' },
    })
    for (const method of ['PATCH', 'DELETE'] as const)
      assert.equal((await authority.call(method, `/${type}/${noteId}`, { body: {} })).status, 404)
    assert.notEqual(id, token)
  })

test('a note that contains a token, is empty or too long is rejected without repeating it', async (t) => {
  const { token, addNote, notes } = await setUp(t)
  const cases = [
    [`Found ${token} here`, /^invalid-attribute,This contains an API token.*,\/text$/],
    [' ', /^invalid-attribute,A note cannot be empty\.,\/text$/],
    ['x'.repeat(limits.leakNoteCharacters + 1), /^invalid-attribute,Expected at most 2000 characters\.,\/text$/],
  ] as const
  for (const [text, expected] of cases) {
    const refused = await addNote(text)
    assert.match(errorOf(refused).join(), expected)
    assert.ok(!refused.text.includes(token))
  }
  assert.deepEqual(await notes(), [])
})

test('a report has at most 100 notes', async (t) => {
  const { authority, addNote, report } = await setUp(t)
  const count = `update leak_reports set note_count = ${limits.leakNotesPerReport - 1} where id = '${report.id}'`
  await rawSql(authority.database, count)
  const both = await Promise.all([addNote('One.'), addNote('Two.')])
  assert.deepEqual(both.map(({ status }) => status).toSorted(), [201, 409])
})

test('reading reports does not suffice to change them or to add notes', async (t) => {
  const { authority, change, addNote } = await setUp(t)
  const scope = ['accounts', authority.prepared.account] as const
  const reader = await machine(authority, 'reader', { permissions: ['leak-reports:read'], scope })
  const refused = [await change({ resolution: 'other' }, undefined, reader.token), await addNote('x', reader.token)]
  assert.deepEqual(
    refused.map(({ status }) => status),
    [403, 403],
  )
  const agent = await machine(authority, 'agent', { permissions: ['leak-reports:*'], scope })
  assert.equal((await change({ resolution: 'other' }, undefined, agent.token)).status, 200)
  const added = await addNote('Handled.', agent.token)
  assert.equal(added.json.data.attributes['author-type'], 'service-account')
  assert.equal(added.json.data.attributes['author-email'], agent.email)
})

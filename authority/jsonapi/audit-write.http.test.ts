/** The audit event of every declared write: one, with the declared name, and without a secret. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allOperations, type Operation } from '@mintmark/contract'
import { creatable, startEverything } from '../../testing/everything.ts'
import { document } from '../../testing/kit.ts'

const reads = ['list', 'show', 'list-members']
const writes = allOperations.filter(({ kind }) => !reads.includes(kind))
const audited = writes.filter(({ audited }) => audited !== 'by-handler')

/** Operations whose handlers write their own events, and why. The list may only shrink. */
const byHandler: Readonly<Record<string, string>> = {
  create_access_token: 'Minting has events of its own.',
  create_service_account_token: 'Minting has events of its own.',
  create_agent_pool_token: 'Minting has events of its own.',
  rotate_access_token: 'One event for each of the two tokens.',
  delete_access_token: 'Tokens are also revoked by other operations.',
  contain_leak: 'Names the revoked tokens in all accounts that they concern.',
  update_user: 'Each account sees its own teams only.',
  delete_user: 'Each account sees its own teams only.',
  invite_user_to_account: 'The event is about the user.',
  remove_user_from_account: 'The event is about the user.',
  confirm_account_user: 'The event is about the user.',
}

test('handlers write the events of the operations listed here only', () => {
  const declared = writes.filter(({ audited }) => audited === 'by-handler').map(({ id }) => id)
  assert.deepEqual(declared.toSorted(), Object.keys(byHandler).toSorted())
})

test('every write declares its audit event', () => {
  assert.deepEqual(
    writes.filter(({ audited }) => audited === undefined).map(({ id }) => id),
    [],
  )
})

const order = (operation: Operation) => {
  if (operation.kind === 'create') return -1
  if (operation.kind !== 'remove') return 0
  return 1 + creatable.length - creatable.indexOf(operation.resource.type as (typeof creatable)[number])
}

/** Bodies of actions that require members. */
const bodies: Readonly<Record<string, object>> = {
  set_schedule: { 'apply-schedule': null },
  add_leak_report_note: { text: 'In an example.' },
}

function bodyOf({ kind, id, resource }: Operation, objectId: string): object | undefined {
  if (kind === 'remove') return undefined
  if (kind === 'update') return { data: { type: resource.type, id: objectId, attributes: {} } }
  return kind === 'action' ? (bodies[id] ?? {}) : { data: [] }
}

test('each other write has one audit event with the declared name, in the account of the object', async (t) => {
  const { call, create, ids, pathOf } = await startEverything(t)
  for (const operation of audited.toSorted((one, other) => order(one) - order(other))) {
    const { id, resource, kind, method, singleton } = operation
    const action = `${resource.auditName ?? resource.type}.${operation.audited}`
    const events = async () => (await call('GET', `/audit-events?filter[action]=${action}&page[size]=100`)).json.data
    const before = new Set((await events()).map((event: { id: string }) => event.id))
    const existing = ids[resource.type] as string
    const answer =
      kind === 'create'
        ? await create(resource.type)
        : await call(method, pathOf(operation), { body: bodyOf(operation, existing) })
    assert.ok(answer.status < 300, `${id}: ${answer.text}`)
    const [event, ...others] = (await events()).filter((event: { id: string }) => !before.has(event.id))
    assert.deepEqual([typeof event, others], ['object', []], `${id} writes ${action} once`)
    const subject = kind === 'create' || singleton ? answer.json.data.id : existing
    assert.deepEqual(
      [event.attributes['subject-type'], event.attributes['subject-id'], event.relationships.account.data.id],
      [resource.type, subject, ids['accounts']],
      id,
    )
  }
})

test('a deletion keeps what is needed to create the object again', async (t) => {
  const { call, create, ids } = await startEverything(t)
  const { id } = (await create('roles')).json.data
  await call('DELETE', `/roles/${id}`)
  const [event] = (await call('GET', `/audit-events?filter[action]=roles.deleted&filter[subject-id]=${id}`)).json.data
  const { name, ...rest } = event.attributes.before
  assert.match(name, /^roles-/)
  assert.deepEqual(rest, { description: 'May read teams.', permissions: ['teams:read'], accountId: ids['accounts'] })
})

test('no audit event contains a secret', async (t) => {
  const { call, ids } = await startEverything(t)
  const secret = 'correct horse battery staple 4711'
  const header = { name: 'x-key', value: secret, sensitive: true }
  const created = [
    document(
      'vars',
      { key: 'k', value: secret, category: 'shell', sensitive: true },
      { workspace: ['workspaces', ids['workspaces'] as string] },
    ),
    document('agent-pools', { name: 'p', 'webhook-headers': [header] }),
    document('users', { email: 'with-password@mintmark.internal', password: secret }),
  ]
  for (const body of created) {
    const { type, attributes } = body.data
    const made = await call('POST', `/${type}`, { body })
    assert.equal(made.status, 201, made.text)
    const { id } = made.json.data
    const secrets = Object.fromEntries(
      Object.entries(attributes).filter(([, value]) => JSON.stringify(value).includes(secret)),
    )
    if (type !== 'users') {
      const changed = await call('PATCH', `/${type}/${id}`, { body: { data: { type, id, attributes: secrets } } })
      assert.equal(changed.status, 200, changed.text)
    }
    if (type !== 'users') assert.equal((await call('DELETE', `/${type}/${id}`)).status, 204)
    const events = await call('GET', `/audit-events?filter[subject-id]=${id}`)
    assert.ok(events.json.data.length >= 1)
    assert.equal(events.text.includes('correct horse'), false, type)
    if (type !== 'users') assert.match(events.text, /Changed|-changed/)
  }
})

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { OperationDeclaration } from '@mintmark/contract'
import { type Answer, document, startAuthority } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import type { Actor, Context } from '../context.ts'
import { insertTag } from '../inventory/tags/tag-store.ts'
import { mountOperations } from '../jsonapi/mount.ts'
import { servedResources } from '../served-resources.ts'
import { fixedWorld } from '../world.ts'

const namesOf = ({ json }: Answer) =>
  json.data.map(({ attributes }: { attributes: { name: string } }) => attributes.name)

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: a change whose audit event cannot be written is not committed`, async (t) => {
    const store =
      kind === 'sqlite' ? { file: join(temporaryFolder(t), 'mintmark.db') } : { url: await temporaryPostgres(t) }
    const { call, database } = await startAuthority(t, { store })
    const create = (name: string) => call('POST', '/tags', { body: document('tags', { name }) })
    const rename = (from: string, to: string) => rawSql(database, `alter table ${from} rename to ${to}`)
    assert.equal((await create('before')).status, 201)
    await rename('audit_events', 'audit_events_gone')
    // A missing PostgreSQL table is reported as a restore in progress.
    assert.equal((await create('untold')).status, kind === 'sqlite' ? 500 : 503)
    await rename('audit_events_gone', 'audit_events')
    assert.equal((await create('after')).status, 201)
    assert.deepEqual(namesOf(await call('GET', '/tags')), ['before', 'after'])
    const created = await call('GET', '/audit-events?filter[action]=tags.created')
    assert.equal(created.json.meta.pagination['total-count'], 2)
  })
}

test('a handler that has to write its own audit event and does not fails, and its changes are rolled back', async (t) => {
  const { app, call, database, prepared } = await startAuthority(t)
  const tags = servedResources.find(({ resource }) => resource.type === 'tags') as (typeof servedResources)[number]
  const withoutAudit = async ({ db }: Context) => {
    await insertTag(db, { id: 'tag-silent', accountId: prepared.account, name: 'silent', createdAt: '2030' })
    return { id: 'tag-silent' }
  }
  const { operations } = tags.resource
  const create = { ...(operations['create'] as OperationDeclaration), audited: 'by-handler' }
  const byHandler = { ...tags.resource, operations: { ...operations, create } }
  const others = servedResources.filter((noun) => noun !== tags)
  const jsonApi = {
    database,
    resources: [...others, { ...tags, resource: byHandler, handlers: { ...tags.handlers, create: withoutAudit } }],
    currentActor: async (_: unknown, actor: Actor) => actor,
    afterWrite: async () => undefined,
  }
  const mounted = mountOperations(jsonApi as Parameters<typeof mountOperations>[0]).find(
    ({ operation }) => operation.resource.type === 'tags' && operation.name === 'create',
  )
  const grants = [{ scope: { account: prepared.account }, permissions: ['*:*'] }]
  const actor = { kind: 'user', id: prepared.user, accounts: [prepared.account], rights: { grants }, tokenId: 'at-1' }
  const handling = mounted?.handle({
    context: {
      actor,
      world: fixedWorld('2030-01-01T00:00:00.000Z'),
      installation: { mark: app.mark },
    } as unknown as Context,
    params: {},
    query: new URLSearchParams(),
    body: document('tags', { name: 'silent' }, { account: ['accounts', prepared.account] }),
    signal: t.signal,
  })
  await assert.rejects(handling as Promise<unknown>, /wrote no audit event/)
  assert.deepEqual(namesOf(await call('GET', '/tags')), [])
})

test('an audit event contains the changed attributes before and after, the actor and the token', async (t) => {
  const { call, prepared } = await startAuthority(t)
  const { json } = await call('POST', '/tags', { body: document('tags', { name: 'old' }) })
  const { id } = json.data
  const self = await call('GET', '/access-tokens/self')
  const body = { data: { type: 'tags', id, attributes: { name: 'new' } } }
  const changed = await call('PATCH', `/tags/${id}`, { body, remoteAddress: '192.0.2.9' })
  assert.equal(changed.status, 200)
  const events = await call('GET', `/audit-events?filter[subject-id]=${id}&filter[action]=tags.updated`)
  const [event] = events.json.data
  assert.deepEqual(
    {
      ...{ before: event.attributes.before, after: event.attributes.after, address: event.attributes.address },
      ...{ actor: event.attributes['actor-id'], token: event.attributes['token-id'] },
      ...{ last: event.attributes['token-last-characters'], request: event.attributes['request-id'] },
    },
    {
      ...{ before: { name: 'old' }, after: { name: 'new' }, address: '192.0.2.9' },
      ...{ actor: prepared.user, token: self.json.data.id },
      ...{ last: prepared.token.slice(-6), request: changed.headers['x-request-id'] },
    },
  )
})

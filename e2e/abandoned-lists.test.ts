/** Lists, searches and reports stop when their client disconnects. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { basePath } from '@mintmark/contract'
import { sql } from 'kysely'
import type { Where } from '../authority/database/database.ts'
import { addFunctions, continueFunction } from '../authority/database/sqlite/sqlite-functions.ts'
import type { Filter, Listing, ResourceView, Viewer } from '../authority/database/views/resource-view.ts'
import { accessTokenUsageView } from '../authority/tokens/access-token-usage-view.ts'
import { type Authority, machine, migratedStore, startAuthority } from '../testing/kit.ts'
import { spyOnLists } from '../testing/lists/list-spy.ts'
import { statementsOf } from '../testing/lists/list-statements.ts'
import { insertTokens } from '../testing/many-tokens.ts'
import { connected } from '../testing/postgres.ts'
import { stores } from '../testing/stores.ts'

/** Keeps all lists from being read until the returned function is called. */
async function blockLists({ database }: Authority, where: Where): Promise<() => Promise<void>> {
  if ('url' in where) {
    const client = await connected(where.url)
    await client.query('begin; lock table access_tokens, audit_events in access exclusive mode')
    return () => client.end()
  }
  const blocked = new AbortController()
  const endless = sql`with recursive n (i) as (select 1 union all select 1 from n where ${sql.raw(continueFunction)}())
    select count(*) from n`
  const all = [1, 2].map(() => endless.execute(database.lists(blocked.signal)))
  return async () => {
    blocked.abort()
    await Promise.allSettled(all)
  }
}

const paths = [
  '/reports/access-tokens?page[size]=100',
  '/reports/access-tokens?sort=owner-status&page[number]=2',
  '/reports/access-tokens?query=no+such+name',
  '/reports/access-tokens?filter[name]=like:job',
  '/reports/access-tokens?format=csv',
  '/reports/access-tokens?format=csv&sort=-name',
  '/audit-events?query=minted',
  '/audit-events?format=jsonl',
  '/audit-events?format=csv&sort=-action',
]

/** Connects, and returns a function that disconnects. */
async function ask(t: TestContext, { app, prepared }: Authority, path: string): Promise<() => void> {
  if (!app.server.server.listening) await app.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.server.address() as AddressInfo
  const headers = { authorization: `Bearer ${prepared.token}` }
  const pending = request({ host: '127.0.0.1', port, path: basePath + encodeURI(path), headers })
  pending.on('error', () => undefined).end()
  t.after(() => pending.destroy())
  return () => pending.destroy()
}

for (const [kind, store] of Object.entries(stores))
  describe(kind, () => {
    test('what a client that disconnects was waiting for stops, and later requests are served', async (t) => {
      const where = await store(t)
      const authority = await startAuthority(t, { store: where })
      const statements = spyOnLists(t, authority.database)
      for (const path of paths) {
        // Authentication may read the blocked tables.
        await authority.call('GET', '/ping')
        const unblock = await blockLists(authority, where)
        statements.length = 0
        const disconnect = await ask(t, authority, path)
        while (statements.length === 0) await new Promise(setImmediate)
        disconnect()
        await assert.rejects(statements[0] as Promise<unknown>, { name: 'ClientDisconnected' }, path)
        const behind = authority.call('GET', path)
        await unblock()
        assert.equal((await behind).status, 200, path)
      }
      assert.deepEqual(
        authority.log.filter((line) => line.includes('"level":50')),
        [],
      )
    })
  })

test('on SQLite, statements that search text stop', async (t) => {
  const store = await migratedStore(t)
  const authority = await startAuthority(t, { store, reconcileMilliseconds: 3_600_000 })
  const { account } = authority.prepared
  const { id } = await machine(authority, 'many')
  await insertTokens(authority.database, { owner: id, account, count: 10_000 })
  using database = new DatabaseSync(store.file, { readOnly: true })
  addFunctions(database, () => true)
  const view = accessTokenUsageView
  const viewer: Viewer = { id: 'user-1', tokenId: 'at-1', narrowed: false, now: new Date(), may: () => true }
  const reach = { everything: false, accounts: [account], environments: [], workspaces: [] }
  const plain: Listing = { filters: [], search: null, sort: [], page: { number: 1, size: 20 }, favoritesFirst: false }
  const like: Filter = { name: 'name', operator: 'like', values: ['no such name'] }
  const search = { search: 'no such name' }
  const { lookups: _, ...unlimited } = view
  for (const [name, searched, part] of [
    ['like:', view, { filters: [like] }],
    ['search', unlimited, search],
    ['search of a long list', view, search],
    ['search in another order', view, { ...search, sort: [{ key: 'ownerStatus', descending: true }] }],
  ] satisfies [string, ResourceView, Partial<Listing>][]) {
    const made = await statementsOf('sqlite', { name, view: searched, listing: { ...plain, ...part }, reach }, viewer)
    const stopped = made.filter((statement) => {
      try {
        database.prepare(statement.sql).all(...(statement.parameters as string[]))
        return false
      } catch (error) {
        return /stopped/.test((error as Error).message)
      }
    })
    assert.ok(stopped.length > 0, name)
  }
})

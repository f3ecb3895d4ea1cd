/** Each declared filter and sort key reaches the SQL of its list, on both databases; no other one is accepted. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { filterKind, kebab, type Operation, operationsOf } from '@mintmark/contract'
import { type Everything, startEverything } from '../testing/everything.ts'
import { stores } from '../testing/stores.ts'
import type { Db } from './database/database.ts'
import { findPage } from './database/views/find-records.ts'
import type { Filter, Listing, ResourceView, Viewer } from './database/views/resource-view.ts'
import { assertServed, type ServedResource } from './jsonapi/served-resource.ts'
import { servedResources } from './served-resources.ts'

interface Served {
  readonly operation: Operation
  readonly view: ResourceView
}

const lists: readonly Served[] = servedResources.flatMap(({ resource, view }) =>
  operationsOf(resource)
    .filter(({ kind }) => kind === 'list')
    .map((operation) => ({ operation, view })),
)
const ofDatabase = lists.filter(({ view }) => !view.fixed)
const plain: Listing = { filters: [], search: null, sort: [], page: { number: 1, size: 20 }, favoritesFirst: false }
const values: Record<string, string> = { instant: '2030-01-01T00:00:00.000Z', boolean: 'true', days: '30', text: 'x' }
const sampleFor = (name: string) => values[filterKind(name)] ?? 'x'
const filterBy = (name: string): Filter => ({ name, operator: 'in', values: [sampleFor(name)] })

for (const [kind, open] of Object.entries(stores)) {
  describe(kind, () => {
    const cleanups: (() => unknown)[] = []
    let everything: Everything
    before(async () => {
      const registry = { after: (end?: unknown) => void cleanups.push(end as () => unknown) }
      everything = await startEverything(registry, { store: await open(registry) })
    })
    after(async () => {
      for (const end of cleanups.toReversed()) await end()
    })

    /** The statement that reads a page, after the database has run it. */
    const statementOf = async (view: ResourceView, listing: Partial<Listing>): Promise<string> => {
      const seen: string[] = []
      const spy: Parameters<Db['withPlugin']>[0] = {
        transformQuery: ({ node }) => {
          seen.push(JSON.stringify(node))
          return node
        },
        transformResult: async ({ result }) => result,
      }
      const reach = { everything: false, accounts: ['acc-x'], environments: [], workspaces: [] }
      const viewer: Viewer = { id: 'user-x', tokenId: '', narrowed: false, now: new Date(0), may: () => true }
      const db: Db = everything.authority.database.read.withPlugin(spy)
      await findPage(db, view, { ...plain, ...listing }, reach, viewer, 1)
      return seen[0] ?? ''
    }

    test('every declared filter changes the statement of its list', async () => {
      for (const { operation, view } of ofDatabase) {
        const unfiltered = await statementOf(view, {})
        for (const name of [...(operation.filters ?? []), ...(operation.under ? [operation.under] : [])])
          assert.notEqual(await statementOf(view, { filters: [filterBy(name)] }), unfiltered, `${operation.id} ${name}`)
      }
    })

    test('every declared sort key changes the statement of its list in one direction or the other', async () => {
      for (const { operation, view } of ofDatabase) {
        for (const key of operation.sort ?? []) {
          const up = await statementOf(view, { sort: [{ key, descending: false }] })
          const down = await statementOf(view, { sort: [{ key, descending: true }] })
          assert.notEqual(up, down, `${operation.id} ${key}`)
        }
      }
    })

    test('a request can name every declared filter and sort key, and no other', async () => {
      for (const { operation } of lists) {
        const ask = async (query: string) =>
          (await everything.call('GET', `${everything.pathOf(operation)}?${query}`)).status
        for (const name of operation.filters ?? [])
          assert.equal(await ask(`filter[${kebab(name)}]=${sampleFor(name)}`), 200, `${operation.id} ${name}`)
        for (const key of operation.sort ?? [])
          assert.equal(await ask(`sort=-${kebab(key)}`), 200, `${operation.id} ${key}`)
        const internal = ['seen', 'owner'].filter((name) => !operation.filters?.includes(name))
        for (const query of ['nope', ...internal]
          .map((name) => `filter[${name}]=x`)
          .concat('sort=nope', 'sort=constructor'))
          assert.equal(await ask(query), 400, `${operation.id} ${query}`)
      }
    })

    test('a view throws for a filter or sort key that it has no SQL for, instead of returning an empty list', async () => {
      for (const { view } of ofDatabase) {
        await assert.rejects(statementOf(view, { filters: [filterBy('constructor')] }), /no SQL for 'constructor'/)
        await assert.rejects(statementOf(view, { sort: [{ key: 'nope', descending: false }] }), /no SQL for 'nope'/)
      }
    })
  })
}

test('a resource whose view lacks a declared filter, parent or sort key is not mounted', () => {
  const tags = servedResources.find(({ resource }) => resource.type === 'tags') as ServedResource
  const without = (change: Partial<ResourceView>): ServedResource => ({ ...tags, view: { ...tags.view, ...change } })
  assert.doesNotThrow(() => assertServed(tags))
  assert.throws(() => assertServed(without({ filters: { tag: 't.id', name: 't.name' } })), /filter\[account\]/)
  assert.throws(() => assertServed(without({ sorts: {} })), /sort=name/)
  const tokens = servedResources.find(({ resource }) => resource.type === 'access-tokens') as ServedResource
  const { agentPool: _, ...others } = tokens.view.filters
  assert.throws(() => assertServed({ ...tokens, view: { ...tokens.view, filters: others } }), /filter\[agent-pool\]/)
})

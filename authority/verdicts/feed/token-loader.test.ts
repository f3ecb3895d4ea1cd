/** Tokens are loaded while verdicts are given and tokens change; none comes back, and none is missing. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { hashToken } from '@mintmark/token'
import { document, machine, masterKeys, startAuthority } from '../../../testing/kit.ts'
import { stores } from '../../../testing/stores.ts'
import { type Database, openDatabase } from '../../database/database.ts'
import type { FeedAnswer } from '../../database/feed-position.ts'
import { loadSigningKeys } from '../../vault/signing-keys.ts'
import { openVault } from '../../vault/vault.ts'
import { realWorld } from '../../world.ts'
import { LiveReplica } from '../live-replica.ts'
import { verifyToken } from '../verify-token.ts'

interface Minted {
  readonly id: string
  readonly token: string
}

async function setting(t: TestContext, kind: 'sqlite' | 'postgres') {
  const store = await stores[kind](t)
  const authority = await startAuthority(t, { store })
  const { call, prepared } = authority
  const database = await openDatabase(store)
  t.after(() => database.close())
  const environment = (await call('POST', '/environments', { body: document('environments', { name: 'e' }) })).json.data
  const mint = async (owner: string, attributes: object = {}): Promise<Minted> => {
    const body = document('access-tokens', attributes)
    const { json, text } = await call('POST', `/service-accounts/${owner}/access-tokens`, { body })
    assert.ok(json.data, text)
    return { id: json.data.id, token: json.data.attributes.token }
  }
  const granted = { permissions: ['*:*'], scope: ['accounts', prepared.account] as [string, string] }
  const [ci, removed] = [await machine(authority, 'ci', granted), await machine(authority, 'removed')]
  return { authority, call, database, environment: environment.id as string, mint, ci, removed }
}

/** Rows of tokens are read in their snapshot, and delivered when the gate opens. */
function held(database: Database, answered: (answer: FeedAnswer) => FeedAnswer = (answer) => answer) {
  const [read, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const feed: Database['feed'] = {
    ...database.feed,
    read: (after, work) =>
      database.feed.read(after, (answer, view) =>
        work(after === null ? answered(answer) : answer, {
          ...view,
          each: async (text, see) => {
            const rows: Parameters<typeof see>[0][] = []
            await view.each(text, (row) => rows.push(row))
            read.resolve()
            await gate.promise
            for (const row of rows) see(row)
          },
        }),
      ),
  }
  return { database: { ...database, feed }, read: read.promise, open: () => gate.resolve() }
}

function following(t: TestContext, database: Database) {
  const events: string[] = []
  const replica = new LiveReplica(database, { reconcileMilliseconds: 1, onEvent: ({ kind }) => events.push(kind) })
  t.after(() => replica.stop())
  const has = ({ token }: Pick<Minted, 'token'>) => replica.tokens.find(hashToken(token)) >= 0
  return { replica, events, has }
}

for (const kind of ['sqlite', 'postgres'] as const)
  describe(kind, () => {
    test('tokens that change while they are loaded stay as they are in the database', async (t) => {
      const { call, database, environment, mint, ci, removed } = await setting(t, kind)
      const [kept, revoked, deleted] = [await mint(ci.id), await mint(ci.id), await mint(ci.id)]
      const narrowed = await mint(ci.id, { scopes: [environment], permissions: ['tags:read'] })
      const gated = held(database)
      const { replica, events, has } = following(t, gated.database)
      await replica.start()
      await gated.read
      for (const path of [
        `/access-tokens/${revoked.id}`,
        `/environments/${environment}`,
        `/service-accounts/${removed.id}`,
      ])
        assert.equal((await call('DELETE', path)).status, 204, path)
      await database.write((db) => db.deleteFrom('accessTokens').where('id', '=', deleted.id).execute())
      const created = await mint(ci.id)

      const keys = await loadSigningKeys(database.read, openVault(realWorld, masterKeys))
      const verifier = { database, replica, world: realWorld, maxStalenessMilliseconds: 0, key: keys.find }
      const verdictOn = async ({ token }: Pick<Minted, 'token'>) => {
        const verdict = await verifyToken(verifier, token, null)
        return verdict.good ? verdict.narrowing : verdict.code
      }
      const verdicts = async () => Promise.all([kept, created, narrowed, revoked, removed, deleted].map(verdictOn))
      const expected = [
        null,
        null,
        { permissions: ['tags:read'], scopes: [] },
        'token-revoked',
        'token-revoked',
        'invalid-token',
      ]
      assert.deepEqual(await verdicts(), expected, 'while tokens are loaded')
      assert.equal(has(kept), false)
      assert.equal(replica.liveTokens(ci.id), undefined)

      gated.open()
      assert.equal(await replica.loaded, true)
      assert.equal(replica.liveTokens(ci.id), 4)
      assert.deepEqual(await verdicts(), expected, 'after they were loaded')
      assert.deepEqual([kept, created, narrowed].map(has), [true, true, true])
      assert.deepEqual([revoked, removed, deleted].map(has), [false, false, false])
      assert.deepEqual(events, [])
    })

    const older = { snapshot: { xmin: 1n, xmax: 1n, running: new Set<bigint>() } }
    const faults = {
      'another database': { origin: 'another' },
      ...(kind === 'postgres' ? { 'an older state': older } : {}),
    }
    for (const [from, fault] of Object.entries(faults))
      test(`tokens of ${from} are not loaded, and loading is repeated`, async (t) => {
        const { database, mint, ci } = await setting(t, kind)
        const token = await mint(ci.id)
        let answers = 0
        const gated = held(database, (answer) => (++answers === 2 ? { ...answer, ...fault } : answer))
        gated.open()
        const { replica, events, has } = following(t, gated.database)
        await replica.start()
        await replica.loaded
        assert.equal(has(token), true)
        assert.deepEqual(events, ['reload-failed'])
        assert.equal(answers, 3)
      })

    test('a node that is stopped ends loading', async (t) => {
      const { database } = await setting(t, kind)
      const gated = held(database)
      const { replica, events } = following(t, gated.database)
      await replica.start()
      await gated.read
      const stopped = replica.stop()
      gated.open()
      await stopped
      assert.equal(await replica.loaded, false)
      assert.equal(replica.tokens.size, 0)
      assert.deepEqual(events, [])
    })
  })

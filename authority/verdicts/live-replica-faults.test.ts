import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { hashToken } from '@mintmark/token'
import { dropChangeTriggers } from '../../testing/changes.ts'
import { type Authority, document, machine, startAuthority } from '../../testing/kit.ts'
import { connected } from '../../testing/postgres.ts'
import { startProxy } from '../../testing/postgres-proxy.ts'
import { stores } from '../../testing/stores.ts'
import { type Database, openDatabase, type PolledFeed } from '../database/database.ts'
import type { Snapshot } from '../database/feed-position.ts'
import { polledFeed } from '../database/postgres/postgres-feed.ts'
import { defaultLimits } from '../database/postgres/postgres-pool.ts'
import { findGrants } from '../rights/rights-view.ts'
import { LiveReplica } from './live-replica.ts'
import { begin, noDifferences, reconcile } from './reconcile.ts'
import { readOwners } from './replica.ts'
import type { LiveReplicaOptions, ReplicaEvent } from './replica-event.ts'

type Client = Awaited<ReturnType<typeof connected>>

interface Live {
  readonly id: string
  readonly token: string
}

/** An initialized store with live tokens of a service account, and a second connection to it, like that of another node. */
async function setting(t: TestContext, kind: keyof typeof stores, count = 3) {
  const store = await stores[kind](t)
  const authority = await startAuthority(t, { store })
  const owner = await machine(authority, 'ci', {
    permissions: ['*:read'],
    scope: ['accounts', authority.prepared.account],
  })
  const tokens: Live[] = []
  for (let i = 0; i < count; i++) {
    const body = document('access-tokens', { name: `token ${i}` })
    const { json } = await authority.call('POST', `/service-accounts/${owner.id}/access-tokens`, { body })
    tokens.push({ id: json.data.id, token: json.data.attributes.token })
  }
  const database = await openDatabase(store)
  t.after(() => database.close())
  return { authority, store, database, tokens, owner }
}

async function loaded(t: TestContext, database: Database, options: LiveReplicaOptions = {}) {
  const events: ReplicaEvent[] = []
  const replica = new LiveReplica(database, {
    reconcileMilliseconds: 3_600_000,
    ...options,
    onEvent: (event) => events.push(event),
  })
  t.after(() => replica.stop())
  await replica.start()
  await replica.loaded
  return { replica, events }
}

const isInReplica = (replica: LiveReplica, { token }: Live): boolean => replica.tokens.find(hashToken(token)) >= 0

/** The database with a different read function of its feed. */
function withFeed(database: Database, read: PolledFeed['read']): Database {
  const feed = database.feed as PolledFeed
  return { ...database, feed: { ...feed, read, listen: () => () => undefined } }
}

async function client(t: TestContext, url: string): Promise<Client> {
  const made = await connected(url)
  t.after(() => made.end())
  return made
}

const revoke = async (by: Client, { id }: Live) => {
  await by.query(`update access_tokens set revoked_at = '2030' where id = $1`, [id])
  await by.query(`insert into changes (kind, key) values ('token', $1)`, [id])
}

const isFresh = (replica: LiveReplica): Promise<boolean> =>
  Promise.resolve(replica.fresh(1_000)).then(
    () => true,
    () => false,
  )

test('an answer from an older snapshot is discarded and does not count as fresh', async (t) => {
  const { database, store, tokens } = await setting(t, 'postgres')
  const [revoked, kept] = tokens as [Live, Live]
  const { url } = store as { url: string }
  // A connection that is stuck in an open transaction.
  const stuck = await client(t, url)
  await stuck.query('begin isolation level serializable')
  await stuck.query('select 1')
  const lease = {
    query: (config: { text: string }) =>
      stuck.query({ ...config, text: config.text.replace(/^(?:begin[^;]*|commit)/, 'select 1') }),
    release: () => undefined,
  }
  const pool = {
    lease: async () => lease as never,
    query: async () => [],
    renew: () => undefined,
    end: async () => undefined,
  }
  const stale = polledFeed({ pool, server: {} as never, limits: defaultLimits, renew: () => undefined })
  let isStale = false
  const watched = withFeed(database, (after, work) =>
    (isStale ? stale : (database.feed as PolledFeed)).read(after, work),
  )
  const { replica, events } = await loaded(t, watched)
  await revoke(await client(t, url), revoked)
  await replica.afterWrite()
  assert.deepEqual([isInReplica(replica, revoked), isInReplica(replica, kept)], [false, true])
  isStale = true
  await replica.afterWrite()
  assert.deepEqual([isInReplica(replica, revoked), isInReplica(replica, kept)], [false, true])
  assert.equal(replica.isReady, false)
  assert.deepEqual(
    [...new Set(events.map(({ kind }) => kind))],
    ['older-refused'],
    'and not mistaken for another database',
  )
  isStale = false
  assert.equal(await isFresh(replica), true)
  assert.equal(isInReplica(replica, revoked), false)
})

test('a change is not skipped if its transaction began last, took a lower number and commits last', async (t) => {
  // Repeated, because any other transaction of the server that ends in between hides the effect.
  const rounds = 6
  const { database, store, tokens } = await setting(t, 'postgres', 2 * rounds)
  await dropChangeTriggers(database)
  const { url } = store as { url: string }
  const [early, late] = [await client(t, url), await client(t, url)]
  const end = (by: Client, { id }: Live) => by.query(`update access_tokens set revoked_at = '2030' where id = $1`, [id])
  for (let round = 0; round < rounds; round++) {
    const [one, two] = tokens.slice(2 * round) as [Live, Live]
    for (const each of [early, late]) await each.query('begin isolation level repeatable read')
    const { replica } = await loaded(t, database)
    await end(early, two)
    await end(late, one)
    // The later transaction takes the lower number, and no transaction with a higher id has ended yet.
    for (const [by, { id }] of [
      [late, one],
      [early, two],
    ] as const)
      await by.query(`insert into changes (kind, key) values ('token', $1)`, [id])
    await early.query('commit')
    await replica.afterWrite()
    const beside = await loaded(t, database)
    for (const each of [replica, beside.replica])
      assert.deepEqual([isInReplica(each, one), isInReplica(each, two)], [true, false])
    await late.query('commit')
    for (const each of [replica, beside.replica]) {
      await each.afterWrite()
      assert.deepEqual([isInReplica(each, one), isInReplica(each, two)], [false, false])
      await each.stop()
    }
  }
})

const lost = new Error('the database is lost')

describe('a database that was restored', () => {
  /** Each step of the reload that may fail. */
  const failures: Record<string, (fail: () => void) => (read: PolledFeed['read']) => PolledFeed['read']> = {
    'before the first answer': (fail) => (read) => (after, work) => {
      if (after === null) fail()
      return read(after, work)
    },
    'while the tokens are read': (fail) => (read) => (after, work) =>
      read(after, (answer, view) =>
        work(answer, {
          ...view,
          each: async (text, see) => {
            if (after === null) fail()
            return view.each(text, see)
          },
        }),
      ),
    'after the last read': (fail) => (read) => (after, work) =>
      read(after, async (answer, view) => {
        if (after === null) {
          const db = view.db
          await db.selectFrom('accounts').select('id').execute()
          fail()
        }
        return work(answer, view)
      }),
  }
  for (const [when, failing] of Object.entries(failures)) {
    test(`counts as loaded only after the reload succeeded: it fails ${when}`, async (t) => {
      const { authority, database, store, tokens } = await setting(t, 'postgres')
      await dropChangeTriggers(database)
      const [deleted, kept] = tokens as [Live, Live]
      const { url } = store as { url: string }
      let isFailing = false
      const fail = () => {
        if (isFailing) throw lost
      }
      const { read } = database.feed as PolledFeed
      const { replica, events } = await loaded(t, withFeed(database, failing(fail)(read)))
      isFailing = true
      const by = await client(t, url)
      await by.query('begin')
      await by.query('delete from changes where sequence > (select max(sequence) from changes) - 2')
      await by.query(`select setval('changes_sequence_seq', (select max(sequence) from changes))`)
      await by.query('delete from access_tokens where id = $1', [deleted.id])
      await by.query('commit')
      for (let i = 0; i < 3; i++) {
        // As polling does: no write of this node detects the problem.
        await Promise.resolve(replica.fresh(0)).catch(() => undefined)
        // Tokens that are not in memory are read from the database, so verdicts do not wait for them.
        const canVerify = when === 'while the tokens are read'
        assert.deepEqual([replica.isReady, await isFresh(replica)], [canVerify, canVerify])
        assert.equal(isInReplica(replica, deleted) && canVerify, false)
      }
      while (!events.some(({ kind }) => kind === 'reload-failed')) await new Promise(setImmediate)
      isFailing = false
      while (!(await isFresh(replica)));
      assert.equal(replica.isReady, true)
      await replica.loaded
      assert.deepEqual([isInReplica(replica, deleted), isInReplica(replica, kept)], [false, true])
      const kinds = events.map(({ kind }) => kind)
      assert.ok(kinds.includes('database-replaced') && kinds.includes('reload-failed'), String(kinds))
      assert.ok(kinds.includes('reloaded'))
      await authority.call('GET', '/ping')
    })
  }

  test('is detected even if its newest change has the number, kind and key of the one that was read', async (t) => {
    const { database, store, owner } = await setting(t, 'postgres')
    await dropChangeTriggers(database)
    const by = await client(t, (store as { url: string }).url)
    const { replica } = await loaded(t, database)
    await by.query(`insert into changes (kind, key, mark) values ('owner', $1, 'before')`, [owner.id])
    await replica.afterWrite()
    await by.query('begin')
    await by.query('delete from changes where sequence = (select max(sequence) from changes)')
    await by.query(`select setval('changes_sequence_seq', (select max(sequence) from changes))`)
    await by.query(`update users set status = 'Inactive'`)
    await by.query(`insert into changes (kind, key, mark) values ('owner', $1, 'after')`, [owner.id])
    await by.query('commit')
    const { rows } = await by.query('select id from users')
    await replica.afterWrite()
    assert.equal(replica.owner(rows[0].id)?.active, false)
  })

  for (const kind of ['sqlite', 'postgres'] as const) {
    test(`is reported to operators: log, metric, audit event, readiness (${kind})`, async (t) => {
      const store = await stores[kind](t)
      const metricsToken = 'sixteen-characters-and-more'
      const authority = await startAuthority(t, { store, metricsToken })
      const { database, call, log } = authority
      const lostToken = await machine(authority, 'lost')
      await dropChangeTriggers(database)
      await database.withoutTransaction(async (db) => {
        const { newest } = await database.feed.read(null, async (answer) => answer)
        await db.deleteFrom('accessTokens').where('ownerId', '=', lostToken.id).execute()
        await db
          .deleteFrom('changes')
          .where('sequence', '>', newest - 2)
          .execute()
      })
      const ask = async () => (await call('GET', '/ping', { token: lostToken.token })).status
      while ((await ask()) !== 401);
      const events = () =>
        database.read
          .selectFrom('auditEvents')
          .selectAll()
          .where('action', '=', 'installations.database-replaced')
          .execute()
      while ((await events()).length === 0) await new Promise(setImmediate)
      assert.deepEqual(
        (await events()).map(({ accountId, actorType }) => [accountId, actorType]),
        [[null, 'system']],
      )
      const lines = log.filter((line) => line.includes('restored'))
      assert.equal(lines.length, 1)
      assert.equal(JSON.parse(lines[0] as string).level, 50)
      const { text } = await call('GET', '/metrics', { token: metricsToken })
      assert.match(text, /^mintmark_replica_events_total\{event="database-replaced"\} 1$/m)
      assert.match(text, /^mintmark_clock_offset_seconds -?[\d.e-]+$/m)
      assert.equal((await call('GET', '/readyz')).status, 200)
    })
  }
})

test('a server that lost its newest transaction ids in a crash is reloaded, and serves again', {
  timeout: 60_000,
}, async (t) => {
  const { database, store, tokens } = await setting(t, 'postgres')
  const [revoked, kept] = tokens as [Live, Live]
  const { read } = database.feed as PolledFeed
  let lost = 0n
  const set = (snapshot: Snapshot | null) =>
    snapshot && { ...snapshot, xmin: snapshot.xmin - lost, xmax: snapshot.xmax - lost }
  const watched = withFeed(database, (after, work) =>
    read(after, (answer, view) => work({ ...answer, snapshot: set(answer.snapshot) }, view)),
  )
  const { replica, events } = await loaded(t, watched)
  lost = 100n
  await revoke(await client(t, (store as { url: string }).url), revoked)
  await replica.afterWrite()
  while (!replica.isReady) await replica.afterWrite()
  await replica.loaded
  assert.deepEqual([isInReplica(replica, revoked), isInReplica(replica, kept)], [false, true])
  const kinds = events.map(({ kind }) => kind)
  assert.deepEqual([kinds[0], ...kinds.slice(-2)], ['older-refused', 'database-replaced', 'reloaded'])
  await replica.afterWrite()
  assert.equal(replica.isReady, true)
})

test('a server that was replaced by failover is never read again', async (t) => {
  const { database } = await setting(t, 'postgres')
  const { read } = database.feed as PolledFeed
  let origin = 'first'
  const watched = withFeed(database, (after, work) => read(after, (answer, view) => work({ ...answer, origin }, view)))
  const { replica, events } = await loaded(t, watched)
  origin = 'second'
  await replica.afterWrite()
  assert.equal(replica.isReady, true)
  origin = 'first'
  await replica.afterWrite()
  assert.equal(replica.isReady, false)
  assert.deepEqual(events.map(({ kind }) => kind).slice(0, 3), ['database-replaced', 'reloaded', 'older-refused'])
  origin = 'second'
  assert.equal(await isFresh(replica), true)
})

test('rights read before a change are not cached after it', async (t) => {
  const { authority, store, owner } = await setting(t, 'postgres', 0)
  const proxy = await startProxy(t, (store as { url: string }).url)
  const database = await openDatabase({ url: proxy.url })
  t.after(() => database.close())
  const { replica } = await loaded(t, database)
  const known = replica.owner(owner.id)
  assert.ok(known)
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { promise: isHeld, resolve: held } = Promise.withResolvers<void>()
  proxy.fault = ({ text }) => {
    if (!text.includes('from access_policies')) return undefined
    proxy.fault = () => undefined
    held()
    return { hold: 'answer', until: released }
  }
  const early = replica.grants(known)
  await isHeld
  const { json } = await authority.call('GET', `/access-policies?filter[service-account]=${owner.id}`)
  assert.equal((await authority.call('DELETE', `/access-policies/${json.data[0].id}`)).status, 204)
  await replica.afterWrite()
  assert.deepEqual(await replica.grants(known), [])
  release()
  assert.equal((await early).length, 1, 'the read started before the change')
  assert.deepEqual(await replica.grants(known), [])
})

describe('a replica that differs from the database without a change in the feed', () => {
  type Setting = Awaited<ReturnType<typeof setting>>
  const differences: Record<
    string,
    {
      make(setting: Setting): Promise<unknown>
      isHealed(replica: LiveReplica, setting: Setting): boolean | Promise<boolean>
    }
  > = {
    'a revoked token': {
      make: ({ database, tokens }) =>
        database.withoutTransaction((db) =>
          db
            .updateTable('accessTokens')
            .set({ revokedAt: '2030' })
            .where('id', '=', tokens[0]?.id ?? '')
            .execute(),
        ),
      isHealed: (replica, { tokens }) => !isInReplica(replica, tokens[0] as Live),
    },
    'a deleted token': {
      make: ({ database, tokens }) =>
        database.withoutTransaction((db) =>
          db
            .deleteFrom('accessTokens')
            .where('id', '=', tokens[0]?.id ?? '')
            .execute(),
        ),
      isHealed: (replica, { tokens }) => !isInReplica(replica, tokens[0] as Live),
    },
    'an earlier expiry': {
      make: ({ database, tokens }) =>
        database.withoutTransaction((db) =>
          db
            .updateTable('accessTokens')
            .set({ expiresAt: '2020-01-01T00:00:00.000Z' })
            .where('id', '=', tokens[0]?.id ?? '')
            .execute(),
        ),
      isHealed: (replica, { tokens }) =>
        replica.tokens.expiresAt(replica.tokens.find(hashToken(tokens[0]?.token ?? ''))) < Date.now(),
    },
    'a narrowing': {
      make: ({ database, tokens }) =>
        database.withoutTransaction((db) =>
          db
            .updateTable('accessTokens')
            .set({ permissions: '["teams:read"]' })
            .where('id', '=', tokens[0]?.id ?? '')
            .execute(),
        ),
      isHealed: (replica, { tokens }) => replica.narrowing(tokens[0]?.id ?? '') !== null,
    },
    'an inactive owner': {
      make: ({ database }) =>
        database.withoutTransaction((db) => db.updateTable('serviceAccounts').set({ status: 'Inactive' }).execute()),
      isHealed: (replica, { owner }) => replica.owner(owner.id)?.active === false,
    },
    'an allow list': {
      make: ({ database }) =>
        database.withoutTransaction((db) => db.updateTable('accounts').set({ allowedIps: '["10.0.0.0/8"]' }).execute()),
      isHealed: (replica, { authority }) => replica.networks(authority.prepared.account).length === 1,
    },
    'removed rights': {
      make: ({ database }) => database.withoutTransaction((db) => db.deleteFrom('accessPolicyRoles').execute()),
      isHealed: async (replica, { owner }) => {
        const known = replica.owner(owner.id)
        return known !== undefined && (await replica.grants(known)).length === 0
      },
    },
  }
  for (const kind of ['sqlite', 'postgres'] as const)
    for (const [what, { make, isHealed }] of Object.entries(differences))
      test(`is repaired and reported: ${what} (${kind})`, async (t) => {
        const all = await setting(t, kind)
        await dropChangeTriggers(all.database)
        const { replica, events } = await loaded(t, all.database, { reconcileMilliseconds: 1 })
        const known = replica.owner(all.owner.id)
        assert.ok(known)
        assert.equal((await replica.grants(known)).length, 1)
        assert.equal(await isHealed(replica, all), false)
        await make(all)
        while (events.length === 0 || !(await isHealed(replica, all))) await new Promise(setImmediate)
        assert.deepEqual([...new Set(events.map((event) => event.kind))], ['healed'])
      })

  test('is ignored if the database changed during the read', async (t) => {
    const all = await setting(t, 'sqlite')
    const { database, owner } = all
    const replica = await database.feed.read(null, async (_, view) => {
      const read = await readOwners(view)
      await read.loadTokens(view, new AbortController().signal)
      return read
    })
    const grants = new Map([[owner.id, findGrants(database.read, 'service-account', owner.id)]])
    await Promise.all(grants.values())
    for (const { make } of Object.values(differences)) await make(all)
    const found = async (isCurrent: boolean) => {
      const differences = noDifferences()
      await database.feed.read(null, (_, view) =>
        reconcile(begin(), { replica, view, grants, isCurrent: () => isCurrent }, differences),
      )
      return differences
    }
    assert.deepEqual(await found(false), noDifferences())
    const { changedTokens, missingTokens, ...seen } = await found(true)
    assert.deepEqual(seen, { extraTokens: 1, owners: 1, networks: 1, grants: 1 }, 'nothing was repaired either')
  })

  for (const kind of ['sqlite', 'postgres'] as const)
    test(`is not reported if there is none, during any number of writes (${kind})`, async (t) => {
      const { authority, database, owner } = await setting(t, kind)
      const { replica, events } = await loaded(t, database, { reconcileMilliseconds: 1 })
      for (let i = 0; i < 10; i++) await machine(authority as Authority, `beside ${i}`)
      for (const kept of [owner.id]) assert.ok(replica.owner(kept))
      await replica.fresh(0)
      assert.deepEqual(events, [])
    })
})

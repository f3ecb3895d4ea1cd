import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { hashToken } from '@mintmark/token'
import { insertChange } from '../../testing/changes.ts'
import { type Authority, document, machine, masterKeys, startAuthority, temporaryFolder } from '../../testing/kit.ts'
import { connected, temporaryPostgres } from '../../testing/postgres.ts'
import { purgeChanges } from '../database/changes.ts'
import { type Database, type Db, openDatabase, type PolledFeed } from '../database/database.ts'
import { loadSigningKeys } from '../vault/signing-keys.ts'
import { openVault } from '../vault/vault.ts'
import { realWorld } from '../world.ts'
import { LiveReplica } from './live-replica.ts'
import { type Verdict, verifyToken } from './verify-token.ts'

interface Live {
  readonly id: string
  readonly token: string
}

interface Setting {
  readonly authority: Authority
  readonly url: string
  /** Of a node beside the authority. */
  readonly database: Database
  readonly tokens: readonly Live[]
}

/** A prepared PostgreSQL with some live tokens, and a second connection to it as another node has. */
async function setting(t: TestContext): Promise<Setting> {
  const url = await temporaryPostgres(t)
  const authority = await startAuthority(t, { store: { url } })
  const { id } = await machine(authority, 'ci')
  const tokens: Live[] = []
  for (const name of ['one', 'two', 'three']) {
    const body = document('access-tokens', { name })
    const { json } = await authority.call('POST', `/service-accounts/${id}/access-tokens`, { body })
    tokens.push({ id: json.data.id, token: json.data.attributes.token })
  }
  const database = await openDatabase({ url })
  t.after(() => database.close())
  return { authority, url, database, tokens }
}

async function loaded(t: TestContext, database: Database): Promise<LiveReplica> {
  const replica = new LiveReplica(database)
  t.after(() => replica.stop())
  await replica.load()
  return replica
}

const knows = (replica: LiveReplica, { token }: Live): boolean => replica.tokens.find(hashToken(token)) >= 0

/** A transaction by hand, so that a test decides when it commits. */
async function transaction(t: TestContext, url: string) {
  const client = await connected(url)
  t.after(() => client.end())
  // A deed is serializable, and would be tried again where these must not: who commits first is all that matters here.
  await client.query('begin isolation level repeatable read')
  return {
    /** In the order of a deed: its own write first, the change last. Returns the change's number. */
    revoke: async ({ id }: Live): Promise<number> => {
      await client.query(`update access_tokens set revoked_at = '2030' where id = $1`, [id])
      const { rows } = await client.query(
        `insert into changes (kind, key) values ('token', $1) returning sequence::int as sequence`,
        [id],
      )
      return rows[0].sequence
    },
    commit: () => client.query('commit'),
    rollback: () => client.query('rollback'),
  }
}

describe('a change that takes a lower number and commits later', () => {
  test('is not skipped by a node that has seen the higher one', async (t) => {
    const { url, database, tokens } = await setting(t)
    const [one, two] = tokens as [Live, Live]
    const replica = await loaded(t, database)
    const slow = await transaction(t, url)
    const quick = await transaction(t, url)
    assert.ok((await slow.revoke(one)) < (await quick.revoke(two)))
    await quick.commit()
    await replica.afterWrite()
    assert.deepEqual([knows(replica, one), knows(replica, two)], [true, false])
    // However often it is asked meanwhile.
    await replica.afterWrite()
    await replica.afterWrite()
    await slow.commit()
    await replica.afterWrite()
    assert.deepEqual([knows(replica, one), knows(replica, two)], [false, false])
  })

  test('is not skipped by a node that started in between', async (t) => {
    const { url, database, tokens } = await setting(t)
    const [one, two] = tokens as [Live, Live]
    const slow = await transaction(t, url)
    const quick = await transaction(t, url)
    assert.ok((await slow.revoke(one)) < (await quick.revoke(two)))
    await quick.commit()
    const replica = await loaded(t, database)
    assert.deepEqual([knows(replica, one), knows(replica, two)], [true, false])
    await slow.commit()
    await replica.afterWrite()
    assert.deepEqual([knows(replica, one), knows(replica, two)], [false, false])
  })

  test('is not skipped when others before and after it are given up', async (t) => {
    const { url, database, tokens } = await setting(t)
    const [one, two, three] = tokens as [Live, Live, Live]
    const replica = await loaded(t, database)
    const givenUp = await transaction(t, url)
    const slow = await transaction(t, url)
    const quick = await transaction(t, url)
    await givenUp.revoke(three)
    await slow.revoke(one)
    await quick.revoke(two)
    await quick.commit()
    await replica.afterWrite()
    await givenUp.rollback()
    await replica.afterWrite()
    await slow.commit()
    await replica.afterWrite()
    assert.deepEqual(
      tokens.map((token) => knows(replica, token)),
      [false, false, true],
    )
  })

  test('is not skipped while an older transaction, of whomever, goes on', async (t) => {
    const { url, database, tokens } = await setting(t)
    const [one, two, three] = tokens as [Live, Live, Live]
    const replica = await loaded(t, database)
    const older = await transaction(t, url)
    await older.revoke(three)
    const slow = await transaction(t, url)
    const quick = await transaction(t, url)
    await slow.revoke(one)
    await quick.revoke(two)
    await quick.commit()
    await replica.afterWrite()
    await slow.commit()
    await replica.afterWrite()
    assert.deepEqual(
      tokens.map((token) => knows(replica, token)),
      [false, false, true],
    )
    await older.commit()
    await replica.afterWrite()
    assert.equal(knows(replica, three), false)
  })
})

/** The database as it is, but what is asked of its feed passes here first. */
function guarded(database: Database, guard: () => Promise<void>): Database {
  const feed = database.feed as PolledFeed
  return {
    ...database,
    feed: {
      ...feed,
      read: async (after, work) => {
        await guard()
        return feed.read(after, work)
      },
      listen: () => () => undefined,
    },
  }
}

const lost = new Error('the database is lost')
const gone = new Proxy({} as Db, {
  get: () => {
    throw lost
  },
})

async function verifier(
  authority: Authority,
  database: Database,
  replica: LiveReplica,
  maxStalenessMilliseconds: number,
) {
  const keys = await loadSigningKeys(authority.database.read, openVault(realWorld, masterKeys))
  return { database, replica, world: realWorld, maxStalenessMilliseconds, key: keys.find }
}

const outcome = (verdict: Verdict) => (verdict.good ? 'good' : verdict.code)

describe('a node whose database is gone', () => {
  test('never says yes when it cannot prove how fresh its replica is (PostgreSQL)', async (t) => {
    const { authority, database, tokens } = await setting(t)
    let isLost = false
    const watched = guarded(database, async () => {
      if (isLost) throw lost
    })
    const replica = await loaded(t, watched)
    const [one, two] = tokens as [Live, Live]
    const judged = async () => {
      const all = await verifier(authority, watched, replica, 0)
      return outcome(await verifyToken(all, one.token, '127.0.0.1'))
    }
    assert.equal(await judged(), 'good')
    isLost = true
    assert.equal(await judged(), 'stale-replica')
    await authority.call('DELETE', `/access-tokens/${one.id}`)
    assert.equal(await judged(), 'stale-replica')
    isLost = false
    assert.equal(await judged(), 'token-revoked')
    assert.equal(knows(replica, two), true)
  })

  test('never says yes when it cannot prove how fresh its replica is (SQLite)', async (t) => {
    const authority = await startAuthority(t)
    const { token } = await machine(authority, 'ci')
    const { feed, ...rest } = authority.database
    let isLost = false
    const database = {
      ...rest,
      feed: {
        ...feed,
        version: () => {
          if (isLost) throw lost
          return (feed as { version(): number }).version()
        },
      },
    } as Database
    const replica = await loaded(t, database)
    const all = await verifier(authority, database, replica, 1_000)
    assert.equal(outcome(await verifyToken(all, token, '127.0.0.1')), 'good')
    isLost = true
    assert.equal(outcome(await verifyToken(all, token, '127.0.0.1')), 'stale-replica')
  })

  test('does not take a token minted here, which it has not heard of yet, for a guess', async (t) => {
    const { authority, database, tokens } = await setting(t)
    const replica = new LiveReplica(database)
    t.after(() => replica.stop())
    const all = await verifier(authority, { ...database, read: gone }, replica, Number.POSITIVE_INFINITY)
    assert.equal(outcome(await verifyToken(all, tokens[0]?.token as string, '127.0.0.1')), 'stale-replica')
  })

  test('lets a deed stand that was done just before, and is certain of nothing until it has asked again', async (t) => {
    const { authority, database, tokens } = await setting(t)
    let isLost = false
    const watched = guarded(database, async () => {
      if (isLost) throw lost
    })
    const replica = await loaded(t, watched)
    const all = await verifier(authority, watched, replica, 60_000)
    const judged = async () => outcome(await verifyToken(all, tokens[0]?.token as string, '127.0.0.1'))
    assert.equal(await judged(), 'good')
    isLost = true
    await replica.afterWrite()
    assert.equal(await judged(), 'stale-replica')
    isLost = false
    assert.equal(await judged(), 'good')
  })
})

test('every node is told of a deed', { timeout: 60_000 }, async (t) => {
  const { database } = await setting(t)
  const replica = await loaded(t, database)
  const { feed } = database
  assert.ok(feed.kind === 'polled')
  let isHeard = false
  t.after(
    feed.listen(() => {
      isHeard = true
    }),
  )
  // The listener is on its way when the first is told.
  while (!isHeard) await replica.afterWrite()
})

test('a listener that was cut off listens again', async (t) => {
  const { url, database } = await setting(t)
  const { feed } = database
  assert.ok(feed.kind === 'polled')
  const client = await connected(url)
  t.after(() => client.end())
  let heard = 0
  t.after(feed.listen(() => void heard++))
  const untilHeard = async (count: number) => {
    while (heard < count) await client.query(`select pg_notify('mintmark_changes', '')`)
  }
  await untilHeard(1)
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen mintmark_changes'`)
  heard = 0
  await untilHeard(1)
})

describe('a database that is not the one whose changes were followed', () => {
  const rewritten = async (t: TestContext, undone: number) => {
    const { url, database, tokens } = await setting(t)
    const replica = await loaded(t, database)
    const [kept, ended] = tokens as [Live, Live]
    const client = await connected(url)
    t.after(() => client.end())
    // As after a restore, or when a server takes over that had not heard of all: the newest changes are gone, and their
    // numbers are given to others.
    await client.query('begin')
    const { rows } = await client.query(
      'delete from changes where sequence > (select max(sequence) from changes) - $1 returning sequence',
      [undone],
    )
    await client.query(`select setval('changes_sequence_seq', (select max(sequence) from changes))`)
    await client.query(`update access_tokens set revoked_at = '2030' where id = $1`, [ended.id])
    await client.query(`insert into changes (kind, key) values ('token', $1)`, [ended.id])
    await client.query('commit')
    assert.equal(rows.length, undone)
    await replica.afterWrite()
    assert.deepEqual([knows(replica, kept), knows(replica, ended)], [true, false])
    assert.equal(replica.narrowing(kept.id), null)
  }
  test('is read anew when its newest change is older', (t) => rewritten(t, 3))
  test('is read anew when its newest change bears the number of another', (t) => rewritten(t, 1))
})

test('the age of the replica counts from when it was asked for, not from when the answer came', async (t) => {
  const { database } = await setting(t)
  let askedAt = 0
  let isSlow = false
  const watched = guarded(database, async () => {
    if (!isSlow) return
    isSlow = false
    askedAt = performance.now()
    while (performance.now() - askedAt < 50) await new Promise(setImmediate)
  })
  const replica = await loaded(t, watched)
  isSlow = true
  await replica.afterWrite()
  const passed = performance.now() - askedAt
  assert.ok(passed >= 50)
  assert.ok(replica.age >= passed, `${replica.age} of at least ${passed} ms`)
})

test('a verdict waits for a poll only when the replica is older than the bound', async (t) => {
  const { database } = await setting(t)
  const replica = await loaded(t, database)
  assert.equal(replica.fresh(60_000), undefined)
  const polling = replica.fresh(-1)
  assert.ok(polling instanceof Promise)
  await polling
})

test('everything a verdict rests on is read anew when the feed names it', async (t) => {
  const { authority, database, tokens } = await setting(t)
  const replica = await loaded(t, database)
  const { call, prepared } = authority
  const owner = replica.owner(prepared.user)
  assert.ok(owner?.active)
  assert.equal(replica.networks(prepared.account).length, 0)
  assert.equal((await replica.grants(owner)).length, 1)

  const body = { data: { type: 'accounts', id: prepared.account, attributes: { 'allowed-ips': ['10.0.0.0/8'] } } }
  assert.equal((await call('PATCH', `/accounts/${prepared.account}`, { body })).status, 200)
  const { id } = await machine(authority, 'new', { permissions: ['*:read'], scope: ['accounts', prepared.account] })
  await call('DELETE', `/access-tokens/${tokens[0]?.id}`)
  await replica.afterWrite()
  assert.equal(replica.networks(prepared.account).length, 1)
  const machineOwner = replica.owner(id)
  assert.equal(machineOwner?.kind, 'service-account')
  assert.equal((await replica.grants(machineOwner as NonNullable<typeof machineOwner>)).length, 1)
  assert.deepEqual(
    tokens.map((token) => knows(replica, token)),
    [false, true, true],
  )
})

test('of more than ten thousand tokens of one owner the list tells the number at once, and rightly', async (t) => {
  const authority = await startAuthority(t)
  const { call, database } = authority
  const { id } = await machine(authority, 'crowd')
  const path = `/service-accounts/${id}/access-tokens`
  const [sample] = (await call('GET', path)).json.data
  const row = await database.read
    .selectFrom('accessTokens')
    .selectAll()
    .where('id', '=', sample.id)
    .executeTakeFirstOrThrow()
  for (let start = 0; start < 10_000; start += 500)
    await database.write(async (db) => {
      const rows = Array.from({ length: 500 }, (_, i) => ({
        ...row,
        id: `at-${start + i}`,
        hash: hashToken(`${start + i}`),
      }))
      await db.insertInto('accessTokens').values(rows).execute()
      for (const each of rows) await insertChange(db, 'token', each.id)
    })
  const total = async (query = '') =>
    (await call('GET', `${path}?page[size]=1${query}`)).json.meta.pagination['total-count']
  assert.equal(await total(), 10_001)
  await call('DELETE', '/access-tokens/at-7')
  await call('DELETE', '/access-tokens/at-8')
  assert.equal(await total(), 9_999)
  assert.equal(await total('&filter[is-expired]=true'), 0)
})

describe('changes that were forgotten before they were seen', () => {
  test('are made up for by reading everything anew (SQLite)', async (t) => {
    const file = `${temporaryFolder(t)}/mintmark.db`
    const authority = await startAuthority(t, { store: { file } })
    const { id, token } = await machine(authority, 'ci')
    const kept = await machine(authority, 'kept')
    const idle = await openDatabase({ file })
    t.after(() => idle.close())
    const replica = await loaded(t, idle)
    assert.equal(knows(replica, { id, token }), true)
    const [dead] = (await authority.call('GET', `/service-accounts/${id}/access-tokens`)).json.data
    await authority.call('DELETE', `/access-tokens/${dead.id}`)
    const late = await machine(authority, 'late')
    while (await authority.database.withoutTransaction((db) => purgeChanges(db, 1)));
    await replica.fresh(0)
    assert.deepEqual([knows(replica, { id, token }), knows(replica, kept), knows(replica, late)], [false, true, true])
  })

  test('are made up for by reading everything anew (PostgreSQL)', async (t) => {
    const { url, database, tokens } = await setting(t)
    const replica = await loaded(t, database)
    const [kept, ended] = tokens as [Live, Live]
    const client = await connected(url)
    t.after(() => client.end())
    await client.query('begin')
    await client.query(`update access_tokens set revoked_at = '2030' where id = $1`, [ended.id])
    await client.query(`insert into changes (kind, key) values ('token', $1), ('token', $2)`, [ended.id, kept.id])
    await client.query('delete from changes where sequence < (select max(sequence) from changes)')
    await client.query('commit')
    await replica.afterWrite()
    assert.deepEqual([knows(replica, kept), knows(replica, ended)], [true, false])
  })
})

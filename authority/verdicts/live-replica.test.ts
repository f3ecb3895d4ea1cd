import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { hashToken } from '@mintmark/token'
import { insertChange } from '../../testing/changes.ts'
import { type Authority, document, machine, masterKeys, startAuthority } from '../../testing/kit.ts'
import { connected, temporaryPostgres } from '../../testing/postgres.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { changesPerRead, purgeChanges } from '../database/changes.ts'
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
  /** The database connection of another node. */
  readonly database: Database
  readonly tokens: readonly Live[]
}

/** An initialized PostgreSQL store with live tokens, and a second connection to it, like that of another node. */
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
  await replica.start()
  await replica.loaded
  return replica
}

const isInReplica = (replica: LiveReplica, { token }: Live): boolean => replica.tokens.find(hashToken(token)) >= 0

/** A manual transaction, so that a test decides when it commits. */
async function transaction(t: TestContext, url: string) {
  const client = await connected(url)
  t.after(() => client.end())
  // Not serializable, because retries would change the order of commits, which is all that matters here.
  await client.query('begin isolation level repeatable read')
  return {
    /** In the order of a real write: its own statements first, the change last. Returns the change's sequence number. */
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
    assert.deepEqual([isInReplica(replica, one), isInReplica(replica, two)], [true, false])
    // However often the replica polls meanwhile.
    await replica.afterWrite()
    await replica.afterWrite()
    await slow.commit()
    await replica.afterWrite()
    assert.deepEqual([isInReplica(replica, one), isInReplica(replica, two)], [false, false])
  })

  test('is not skipped by a node that started in between', async (t) => {
    const { url, database, tokens } = await setting(t)
    const [one, two] = tokens as [Live, Live]
    const slow = await transaction(t, url)
    const quick = await transaction(t, url)
    assert.ok((await slow.revoke(one)) < (await quick.revoke(two)))
    await quick.commit()
    const replica = await loaded(t, database)
    assert.deepEqual([isInReplica(replica, one), isInReplica(replica, two)], [true, false])
    await slow.commit()
    await replica.afterWrite()
    assert.deepEqual([isInReplica(replica, one), isInReplica(replica, two)], [false, false])
  })

  test('is not skipped if others before and after it are rolled back', async (t) => {
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
      tokens.map((token) => isInReplica(replica, token)),
      [false, false, true],
    )
  })

  test('is not skipped while any older transaction is running', async (t) => {
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
      tokens.map((token) => isInReplica(replica, token)),
      [false, false, true],
    )
    await older.commit()
    await replica.afterWrite()
    assert.equal(isInReplica(replica, three), false)
  })
})

describe('more changes than one read returns', () => {
  test('are all applied before a verdict, even if the replica is fresh enough', async (t) => {
    const { authority, url, database, tokens } = await setting(t)
    const afterPart = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    t.after(() => held.resolve())
    const feed = database.feed as PolledFeed
    let isPartial = false
    const read: PolledFeed['read'] = async (after, work) => {
      if (isPartial) afterPart.resolve()
      if (isPartial) await held.promise
      return feed.read(after, (answer, view) => {
        isPartial ||= answer.isPartial
        return work(answer, view)
      })
    }
    const replica = await loaded(t, { ...database, feed: { ...feed, read } })
    const slow = await transaction(t, url)
    const early = await transaction(t, url)
    await early.revoke(tokens[0] as Live)
    await authority.database.write(async (db) => {
      for (let number = 0; number < changesPerRead; number++) await insertChange(db, 'owner', `user-${number}`)
    })
    await slow.revoke(tokens[1] as Live)
    const reading = replica.fresh(0)
    await afterPart.promise
    const waiting = replica.fresh(60_000)
    assert.ok(waiting, 'a replica with a part of the changes is not fresh')
    await slow.commit()
    await early.commit()
    held.resolve()
    await Promise.all([reading, waiting])
    assert.equal(replica.fresh(60_000), undefined)
    await replica.fresh(0)
    assert.deepEqual(
      tokens.map((token) => isInReplica(replica, token)),
      [false, false, true],
    )
  })
})

/** A database that calls `guard` before each read of its feed. */
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
const unavailable = new Proxy({} as Db, {
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

describe('a node that lost its database', () => {
  test('accepts no token when it cannot prove that its replica is fresh (PostgreSQL)', async (t) => {
    const { authority, database, tokens } = await setting(t)
    let isLost = false
    const watched = guarded(database, async () => {
      if (isLost) throw lost
    })
    const replica = await loaded(t, watched)
    const [one, two] = tokens as [Live, Live]
    const outcomeOf = async () => {
      const all = await verifier(authority, watched, replica, 0)
      return outcome(await verifyToken(all, one.token, '127.0.0.1'))
    }
    assert.equal(await outcomeOf(), 'good')
    isLost = true
    assert.equal(await outcomeOf(), 'stale-replica')
    await authority.call('DELETE', `/access-tokens/${one.id}`)
    assert.equal(await outcomeOf(), 'stale-replica')
    isLost = false
    assert.equal(await outcomeOf(), 'token-revoked')
    assert.equal(isInReplica(replica, two), true)
  })

  test('accepts no token when it cannot prove that its replica is fresh (SQLite)', async (t) => {
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

  test('does not treat a token created here that is not in its replica yet as a guess', async (t) => {
    const { authority, database, tokens } = await setting(t)
    const replica = new LiveReplica(database)
    t.after(() => replica.stop())
    const all = await verifier(authority, { ...database, read: unavailable }, replica, Number.POSITIVE_INFINITY)
    assert.equal(outcome(await verifyToken(all, tokens[0]?.token as string, '127.0.0.1')), 'stale-replica')
  })

  test('keeps a write that just committed, and counts as stale until the database answers again', async (t) => {
    const { authority, database, tokens } = await setting(t)
    let isLost = false
    const watched = guarded(database, async () => {
      if (isLost) throw lost
    })
    const replica = await loaded(t, watched)
    const all = await verifier(authority, watched, replica, 60_000)
    const outcomeOf = async () => outcome(await verifyToken(all, tokens[0]?.token as string, '127.0.0.1'))
    assert.equal(await outcomeOf(), 'good')
    isLost = true
    await replica.afterWrite()
    assert.equal(await outcomeOf(), 'stale-replica')
    isLost = false
    assert.equal(await outcomeOf(), 'good')
  })
})

test('every node is notified of a write', { timeout: 60_000 }, async (t) => {
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
  // The listener may not be connected yet at the first notification.
  while (!isHeard) await replica.afterWrite()
})

test('a disconnected listener reconnects', async (t) => {
  const { url, database } = await setting(t)
  const { feed } = database
  assert.ok(feed.kind === 'polled')
  const client = await connected(url)
  t.after(() => client.end())
  let received = 0
  t.after(feed.listen(() => void received++))
  const untilReceived = async (count: number) => {
    while (received < count) await client.query(`select pg_notify('mintmark_changes', '')`)
  }
  await untilReceived(1)
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen mintmark_changes'`)
  received = 0
  await untilReceived(1)
})

describe('a database other than the one that was followed', () => {
  const rewritten = async (t: TestContext, undone: number) => {
    const { url, database, tokens } = await setting(t)
    const replica = await loaded(t, database)
    const [kept, ended] = tokens as [Live, Live]
    const client = await connected(url)
    t.after(() => client.end())
    // As after a restore, or after a failover to a server that was behind: the newest changes are missing, and their numbers
    // are reused.
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
    await replica.loaded
    assert.deepEqual([isInReplica(replica, kept), isInReplica(replica, ended)], [true, false])
    assert.equal(replica.narrowing(kept.id), null)
  }
  test('is reloaded if its newest change is older', (t) => rewritten(t, 3))
  test('is reloaded if its newest change has reused the number of another', (t) => rewritten(t, 1))
})

test('the staleness of the replica is measured from the start of a poll, not from its answer', async (t) => {
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

test('a verdict waits for a poll only if the replica is staler than the bound', async (t) => {
  const { database } = await setting(t)
  const replica = await loaded(t, database)
  assert.equal(replica.fresh(60_000), undefined)
  const polling = replica.fresh(-1)
  assert.ok(polling instanceof Promise)
  await polling
})

test('everything that a verdict depends on is reread when the feed refers to it', async (t) => {
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
    tokens.map((token) => isInReplica(replica, token)),
    [false, true, true],
  )
})

test('the list of an owner with more than 10,000 tokens has the correct count without counting rows', async (t) => {
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

describe('changes that were deleted before they were read', () => {
  test('cause a reload (SQLite)', async (t) => {
    const file = `${temporaryFolder(t)}/mintmark.db`
    const authority = await startAuthority(t, { store: { file } })
    const { id, token } = await machine(authority, 'ci')
    const kept = await machine(authority, 'kept')
    const idle = await openDatabase({ file })
    t.after(() => idle.close())
    const replica = await loaded(t, idle)
    assert.equal(isInReplica(replica, { id, token }), true)
    const [dead] = (await authority.call('GET', `/service-accounts/${id}/access-tokens`)).json.data
    await authority.call('DELETE', `/access-tokens/${dead.id}`)
    const late = await machine(authority, 'late')
    while (await authority.database.withoutTransaction((db) => purgeChanges(db, 1)));
    await replica.fresh(0)
    await replica.loaded
    assert.deepEqual(
      [isInReplica(replica, { id, token }), isInReplica(replica, kept), isInReplica(replica, late)],
      [false, true, true],
    )
  })

  test('cause a reload (PostgreSQL)', async (t) => {
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
    await replica.loaded
    assert.deepEqual([isInReplica(replica, kept), isInReplica(replica, ended)], [true, false])
  })
})

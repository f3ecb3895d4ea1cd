/** Two nodes on one PostgreSQL behind a network that fails at every statement: a revoked token stays revoked. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { pino } from 'pino'
import { buildApp } from '../authority/app.ts'
import { openDatabase } from '../authority/database/database.ts'
import { defaultLimits } from '../authority/database/postgres/postgres-pool.ts'
import { realWorld } from '../authority/world.ts'
import { type Answer, type Authority, caller, document, masterKeys, startAuthority } from '../testing/kit.ts'
import { connected, temporaryPostgres } from '../testing/postgres.ts'
import { type Fault, type PassedStatement, type PostgresProxy, startProxy } from '../testing/postgres-proxy.ts'

/** Short, so that timeouts happen soon. */
const limits = { query: 800, statement: 700, idleInTransaction: 1_000 }
const boundMilliseconds = 1_000
const deadlineMilliseconds = 30_000
/** The tests mostly wait. */
const atOnce = { concurrency: 6 }
const options = { invalidTokensPerMinute: 1_000_000, maxStalenessMilliseconds: boundMilliseconds }

interface Token {
  readonly id: string
  readonly token: string
}

interface Nodes {
  readonly url: string
  /** The node whose network fails. */
  readonly near: Pick<Authority, 'call'>
  readonly log: string[]
  readonly proxy: PostgresProxy
  readonly far: Pick<Authority, 'call'>
  create(count: number): Promise<Token[]>
}

async function twoNodes(t: TestContext): Promise<Nodes> {
  const url = await temporaryPostgres(t)
  const proxy = await startProxy(t, url)
  const far = await startAuthority(t, { store: { url }, ...options })
  const log: string[] = []
  const logger = pino({ base: null }, { write: (line: string) => void log.push(line) })
  const host = 'mintmark.internal'
  const open = async () => {
    const database = await openDatabase({ url: proxy.url, limits })
    const reconcileMilliseconds = 3_600_000
    const parts = { database, world: realWorld, masterKeys, logger, host, reconcileMilliseconds }
    return { database, app: await buildApp({ ...parts, ...options }) }
  }
  const { database, app } = await patiently(open)
  t.after(async () => {
    proxy.fault = () => undefined
    await app.close()
    await database.close()
  })
  const account = await far.call('POST', '/service-accounts', { body: document('service-accounts', { name: 'ci' }) })
  const create = (count: number) =>
    Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const body = document('access-tokens', { name: `token ${i}` })
        const path = `/service-accounts/${account.json.data.id}/access-tokens`
        const { json } = await served(() => far.call('POST', path, { body }))
        return { id: json.data.id as string, token: json.data.attributes.token as string }
      }),
    )
  return { url, proxy, far, near: { call: caller(app, far.prepared.token) }, log, create }
}

/** Retries, because the timeouts are tight for a busy machine that starts a node. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + deadlineMilliseconds
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
  }
}

/** Repeats a request that failed with 503, which a busy machine may cause too. */
async function served(ask: () => Promise<Answer>): Promise<Answer> {
  let answer = await ask()
  await until('a response other than 503', async () => {
    if (answer.status === 503) answer = await ask()
    return answer.status !== 503
  })
  return answer
}

const ping = (node: Pick<Authority, 'call'>, { token }: Token) => node.call('GET', '/ping', { token })

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + deadlineMilliseconds
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, what)
    await pause(5)
  }
}

/**
 * After a committed revocation, a request sent later than the bound is never accepted. A node that cannot decide answers 503;
 * within the bound it may accept the token once more after that, so only 401 is final.
 */
async function refusedWithinBound(
  node: Pick<Authority, 'call'>,
  token: Token,
  { since = performance.now(), isFinal = false } = {},
): Promise<void> {
  await until('the token is refused', async () => {
    const askedAt = performance.now()
    const { status } = await ping(node, token)
    assert.ok(status !== 200 || askedAt < since + boundMilliseconds, 'a revoked token is accepted after the bound')
    return isFinal ? status === 401 : status !== 200
  })
}

async function revokedIn(url: string): Promise<Set<string>> {
  const client = await connected(url)
  try {
    const { rows } = await client.query('select id from access_tokens where revoked_at is not null')
    return new Set(rows.map(({ id }) => id))
  } finally {
    await client.end()
  }
}

/** Checks every token at both nodes once the network works again, repeatedly, so that every connection is used. */
async function assertAgreeWithDatabase({ url, near, far }: Nodes, tokens: readonly Token[]): Promise<void> {
  const revoked = await revokedIn(url)
  for (const node of [near, far]) {
    await until('the node serves again', async () => (await node.call('GET', '/ping')).status === 200)
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(
        tokens.map(async (token) => ({ token, answer: await served(() => ping(node, token)) })),
      )
      for (const { token, answer } of answers)
        assert.equal(answer.status, revoked.has(token.id) ? 401 : 200, `${token.id}: ${answer.text}`)
    }
  }
}

const faults: Record<string, (released: Promise<unknown>) => Fault> = {
  'stalls before the server receives it': (until) => ({ hold: 'statement', until }),
  'stalls before the client receives the answer': (until) => ({ hold: 'answer', until }),
  'is cut off before the client receives the answer': () => ({ cut: 'answer' }),
  'is lost without a trace': () => ({ vanish: 'statement' }),
}

/** The statement without its numbers, which differ each time. */
const shapeOf = (text: string): string => text.replaceAll(/\{[\d,]*\}/g, '{}').replaceAll(/\d+/g, 'N')

/** The shapes of the statements of one piece of work of the node behind the proxy, without concurrent ones. */
async function statementsOf(proxy: PostgresProxy, isOne: RegExp, work: () => Promise<unknown>): Promise<string[]> {
  proxy.statements.length = 0
  await work()
  const passed = [...proxy.statements]
  const { connection } = passed.find(({ text }) => isOne.test(text)) as PassedStatement
  return [...new Set(passed.filter((each) => each.connection === connection).map(({ text }) => shapeOf(text)))]
}

/** Injects a fault at every occurrence of a statement until the work is done, and later releases what was held. */
async function disturbed<T>(
  proxy: PostgresProxy,
  text: string,
  fault: (released: Promise<unknown>) => Fault,
  work: () => Promise<T>,
): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<void>()
  proxy.fault = (statement) => (shapeOf(statement.text) === text ? fault(promise) : undefined)
  try {
    return await work()
  } finally {
    proxy.fault = () => undefined
    resolve()
  }
}

describe('with PostgreSQL unreachable or failing,', atOnce, () => {
  describe('a token revoked while a statement', atOnce, () => {
    for (const [what, fault] of Object.entries(faults)) {
      test(`of the revocation ${what} is treated as the database has it at every node`, async (t) => {
        const nodes = await twoNodes(t)
        const { near, far, proxy, create } = nodes
        const [sample, ...tokens] = (await create(25)) as [Token, ...Token[]]
        await until('the near node accepts them', async () => (await ping(near, tokens.at(-1) as Token)).status === 200)
        const revoke = (token: Token) => near.call('DELETE', `/access-tokens/${token.id}`)
        const statements = await statementsOf(proxy, /^update "access_tokens"/, () => revoke(sample))
        assert.ok(statements.length > 4 && statements.length <= tokens.length, statements.join('\n'))
        for (const [i, text] of statements.entries()) {
          const token = tokens[i] as Token
          const answer = await disturbed(proxy, text, fault, () => revoke(token))
          assert.ok([204, 503].includes(answer.status), `${answer.status} at ${text}: ${answer.text}`)
          const isRevoked = (await revokedIn(nodes.url)).has(token.id)
          if (answer.status === 204) assert.ok(isRevoked, `an acknowledged write is kept: ${text}`)
          if (isRevoked) for (const node of [near, far]) await refusedWithinBound(node, token)
        }
        await assertAgreeWithDatabase(nodes, [sample, ...tokens])
      })

      test(`of the feed ${what} is refused within the bound, and stays refused`, async (t) => {
        const nodes = await twoNodes(t)
        const { near, far, proxy, create } = nodes
        const [sample, ...tokens] = (await create(16)) as [Token, ...Token[]]
        await until('the near node accepts them', async () => (await ping(near, tokens.at(-1) as Token)).status === 200)
        const revoke = (token: Token) => far.call('DELETE', `/access-tokens/${token.id}`)
        const statements = await statementsOf(proxy, /^begin isolation level repeatable read/, async () => {
          await revoke(sample)
          await refusedWithinBound(near, sample)
        })
        assert.ok(statements.length >= 3 && statements.length <= tokens.length, statements.join('\n'))
        for (const [i, text] of statements.entries()) {
          const token = tokens[i] as Token
          await disturbed(proxy, text, fault, async () => {
            assert.equal((await revoke(token)).status, 204)
            await refusedWithinBound(near, token)
          })
        }
        await assertAgreeWithDatabase(nodes, [sample, ...tokens])
      })
    }
  })

  describe('a token that a restored database does not have, while a statement of the reload', atOnce, () => {
    for (const what of ['stalls before the server receives it', 'is cut off before the client receives the answer'])
      test(`${what}, is refused within the bound, and stays refused`, async (t) => {
        const nodes = await twoNodes(t)
        const { near, proxy, url, log, create } = nodes
        const [sample, ...tokens] = (await create(25)) as [Token, ...Token[]]
        const client = await connected(url)
        t.after(() => client.end())
        /** As a backup from before the token was created. */
        const restoreWithout = async ({ id }: Token) => {
          await client.query('begin')
          await client.query('delete from changes where sequence > (select max(sequence) from changes) - 1')
          await client.query(`select setval('changes_sequence_seq', (select max(sequence) from changes))`)
          // A restore fires no triggers.
          await client.query('set local session_replication_role = replica')
          await client.query('delete from access_tokens where id = $1', [id])
          await client.query('commit')
        }
        const statements = await statementsOf(proxy, /sequence = \(select max\(sequence\)/, async () => {
          await restoreWithout(sample)
          await refusedWithinBound(near, sample)
        })
        const restoredAt = new Map([[sample, performance.now()]])
        const noticed = () => log.filter((line) => line.includes('the database was restored')).length
        const texts = [...new Set(statements)].filter((text) => text !== 'commit')
        assert.ok(texts.length >= 5 && texts.length <= tokens.length, texts.join('\n'))
        for (const [i, text] of texts.entries()) {
          const token = tokens[i] as Token
          const before = noticed()
          await until('the near node serves', async () => (await near.call('GET', '/ping')).status === 200)
          await disturbed(proxy, text, faults[what] as (released: Promise<unknown>) => Fault, async () => {
            await restoreWithout(token)
            restoredAt.set(token, performance.now())
            await refusedWithinBound(near, token)
            // From the detection until owners are reloaded. Polls follow, and tokens, which verdicts do not wait for. Settings
            // are sent on new connections only, of which a reload may need none.
            const isOfOwners = !/^set |\beverything\b|sequence >= /.test(text)
            if (noticed() > before && isOfOwners) assert.equal((await near.call('GET', '/readyz')).status, 503, text)
          })
        }
        for (const [token, since] of restoredAt) await refusedWithinBound(near, token, { since, isFinal: true })
        for (const token of [sample, ...tokens])
          assert.equal((await served(() => ping(near, token))).status, restoredAt.has(token) ? 401 : 200, token.id)
        assert.ok(log.some((line) => line.includes('the replica could not be reloaded')))
      })
  })

  describe('a node that disappears in the middle of a write', () => {
    const locks: Record<string, string> = {
      'while it waits for the exclusive lock': 'lock table changes in exclusive mode',
      'while it seals audit events': 'select pg_advisory_xact_lock(829402)',
      'while it holds a lock on a token row': 'update access_tokens set name = name',
    }
    for (const [what, statement] of Object.entries(locks)) {
      test(`${what} does not block other writers for long`, async (t) => {
        const { proxy, far, url, create } = await twoNodes(t)
        const [token] = (await create(1)) as [Token]
        const vanishing = await openDatabase({ url: proxy.url, limits })
        const { promise: isLocked, resolve: locked } = Promise.withResolvers<void>()
        const lost = vanishing.write(async (db) => {
          await sql.raw(statement).execute(db)
          proxy.vanish()
          locked()
          await sql`select 1`.execute(db)
        })
        await Promise.all([isLocked, assert.rejects(lost)])
        await until('another node writes again', async () => {
          const { status } = await far.call('DELETE', `/access-tokens/${token.id}`)
          assert.ok([204, 503].includes(status), String(status))
          return status === 204
        })
        const client = await connected(url)
        t.after(() => client.end())
        await until('audit events are sealed again', async () => {
          const { rows } = await client.query('select count(*) as waiting from audit_events where position is null')
          return rows[0].waiting === 0
        })
        await vanishing.close()
      })
    }

    test('is terminated by PostgreSQL within 15 seconds, as set in every session', async (t) => {
      const database = await openDatabase({ url: await temporaryPostgres(t) })
      t.after(() => database.close())
      const wanted = {
        idle_in_transaction_session_timeout: '8s',
        statement_timeout: '4500ms',
        tcp_keepalives_idle: '5',
        tcp_keepalives_interval: '3',
        tcp_keepalives_count: '3',
        tcp_user_timeout: '10000',
        client_connection_check_interval: '2s',
      }
      const shown = async (db: typeof database.read, name: string) =>
        (await sql<{ value: string }>`select current_setting(${name}) as value`.execute(db)).rows[0]?.value
      for (const [name, value] of Object.entries(wanted)) {
        assert.equal(await shown(database.read, name), value, name)
        assert.equal(await database.write((db) => shown(db, name)), value, name)
        assert.equal(await database.feed.read(null, (_, view) => shown(view.db, name)), value, `${name} of the feed`)
      }
      // A statement that waits for a lock is cancelled first, then the transaction is idle.
      assert.ok(defaultLimits.statement + defaultLimits.idleInTransaction < 15_000)
    })
  })

  test('a connection whose transaction could not be started, committed or rolled back is never reused', async (t) => {
    const url = await temporaryPostgres(t)
    const proxy = await startProxy(t, url)
    const patient = { ...limits, idleInTransaction: 600_000 }
    const database = await openDatabase({ url: proxy.url, limits: patient })
    t.after(() => database.close())
    const observer = await connected(url)
    t.after(() => observer.end())
    for (const text of [/^start transaction/, /^lock table/, /^commit/, /^rollback/]) {
      const { promise, resolve } = Promise.withResolvers<void>()
      proxy.fault = (statement) => (text.test(statement.text) ? { hold: 'statement', until: promise } : undefined)
      const failed = database.write(async () => {
        if (String(text) === String(/^rollback/)) throw new Error('refused')
      })
      await assert.rejects(failed)
      proxy.fault = () => undefined
      resolve()
      const statuses = Array.from({ length: 40 }, async () => {
        const { rows } = await sql<{ age: number }>`
        select extract(epoch from clock_timestamp() - transaction_timestamp())::float8 as age`.execute(database.read)
        return rows[0]?.age as number
      })
      // A read in an open transaction would see its old snapshot.
      // On a busy machine, some of the reads time out.
      const ages = (await Promise.allSettled(statuses)).flatMap((read) =>
        read.status === 'fulfilled' ? read.value : [],
      )
      assert.ok(ages.length > 0, String(text))
      for (const age of ages) assert.ok(age < limits.query / 1_000, `${text}: ${age}`)
      await until('no transaction is left open', async () => {
        const { rows } = await observer.query(
          `select count(*) as open from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
        )
        return rows[0].open === 0
      })
    }
  })

  test('without tables, as in the middle of a restore, requests fail with 503', async (t) => {
    const url = await temporaryPostgres(t)
    const node = await startAuthority(t, { store: { url }, ...options })
    const client = await connected(url)
    t.after(() => client.end())
    const create = () => node.call('POST', '/tags', { body: document('tags', { name: 'one' }) })
    for (const [undo, redo] of [
      ['alter table tags rename to elsewhere', 'alter table elsewhere rename to tags'],
      ['alter schema public rename to elsewhere', 'alter schema elsewhere rename to public'],
    ] as const) {
      await client.query(undo)
      const answers = [await node.call('GET', '/tags'), await create()]
      await client.query(redo)
      assert.deepEqual(
        answers.map(({ status }) => status),
        [503, 503],
        undo,
      )
    }
    await until('the node serves again', async () => (await create()).status === 201)
  })
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { csvCell, limits } from '@mintmark/contract'
import { measureAgain, turnMillisecondsMax } from '../../../testing/event-loop/turn-cpu.ts'
import { type Authority, machine, startAuthority } from '../../../testing/kit.ts'
import { spyOnLists } from '../../../testing/lists/list-spy.ts'
import { insertTokens } from '../../../testing/many-tokens.ts'
import { rawSql } from '../../../testing/raw-sql.ts'
import { stores } from '../../../testing/stores.ts'
import { sortInPieces } from './sort-in-pieces.ts'

const report = '/reports/access-tokens?format=csv'
const idsIn = (text: string) => [...text.matchAll(/^"(at-[^"]+)"/gm)].map(([, id]) => id as string)

/** Tokens inserted directly into the database are not an alarm here, and must not cause work during a report. */
const apart = { reconcileMilliseconds: 3_600_000 }

const tokensPerInsert = 2_000

async function manyTokens(authority: Authority, count: number, prefix = 'many') {
  const { id } = await machine(authority, `ci ${prefix}`)
  const { account } = authority.prepared
  for (let start = 0; start < count; start += tokensPerInsert) {
    const slice = { count: Math.min(tokensPerInsert, count - start), prefix: `${prefix}${start}-` }
    await insertTokens(authority.database, { owner: id, account, ...slice })
    // The replica loads the new tokens before this verdict.
    await authority.call('GET', '/ping')
  }
  return id
}

for (const [name, store] of Object.entries(stores)) {
  test(`a report of 20,000 tokens is complete and does not block the event loop (${name})`, async (t) => {
    const authority = await startAuthority(t, { store: await store(t) })
    await manyTokens(authority, 20_000)
    await authority.call('GET', `${report}&query=nothing`)
    const { value, longest } = await measureAgain(() => authority.call('GET', report))
    assert.equal(new Set(idsIn(value.text)).size, 20_002)
    assert.ok(longest <= turnMillisecondsMax, `${longest} ms of CPU in one turn`)
  })

  test(`a token that exists throughout is in the report, even if others are deleted in the meantime (${name})`, async (t) => {
    const authority = await startAuthority(t, { store: await store(t) })
    await manyTokens(authority, 3_000)
    const origin = await listen(authority)
    const deleted = "from access_tokens where id like 'at-many%' and id not like '%7'"
    const text = await read(authority, origin, report, async (pieces) => {
      // Nine of ten are deleted after the first piece.
      if (pieces === 1) await rawSql(authority.database, `delete ${deleted}`)
    })
    const left = new Set(idsIn(text).filter((id) => /^at-many.*7$/.test(id)))
    assert.equal(left.size, 300)
  })
}

test('other requests are served while a report is read', async (t) => {
  const authority = await startAuthority(t)
  await manyTokens(authority, 20_000)
  let isDone = false
  const csv = authority.call('GET', report).finally(() => {
    isDone = true
  })
  let served = 0
  while (!isDone) {
    assert.equal((await authority.call('GET', '/ping')).status, 200)
    assert.equal((await authority.call('GET', '/healthz')).status, 200)
    if (!isDone) served += 1
    await new Promise(setImmediate)
  }
  assert.equal((await csv).status, 200)
  assert.ok(served >= 5, `${served} were served in the meantime`)
})

test('the number of statements per token is constant, however many tokens a report has', async (t) => {
  const authority = await startAuthority(t)
  const statements = spyOnLists(t, authority.database)
  const count = async () => {
    statements.length = 0
    await authority.call('GET', report)
    return statements.length
  }
  await manyTokens(authority, 2_000)
  const few = await count()
  await manyTokens(authority, 6_000, 'more')
  const many = await count()
  assert.ok(few > 0, 'the statements of the report are counted')
  assert.ok(many <= 4.5 * few, `${few} statements for 2,000 tokens, ${many} for 8,000`)
})

test('a report stops when its client disconnects', async (t) => {
  const authority = await startAuthority(t)
  await manyTokens(authority, 30_000)
  const origin = await listen(authority)
  const statements = spyOnLists(t, authority.database)
  await authority.call('GET', report)
  const whole = statements.length
  for (const path of [report, `${report}&sort=-name`]) {
    statements.length = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    const pending = ask(authority, origin, path)
    pending.once('error', () => resolve())
    pending.once('close', () => resolve())
    while (statements.length < 5) await new Promise(setImmediate)
    pending.destroy()
    await promise
    // If the abandoned report were still running, its statements would alternate with those of this one.
    await authority.call('GET', report)
    const abandoned = statements.length - whole
    assert.ok(abandoned < whole / 2, `${path}: ${abandoned} of ${whole} statements`)
  }
})

test('a report is not started if its client disconnects during authentication', async (t) => {
  const authority = await startAuthority(t)
  const owner = await manyTokens(authority, 2_000)
  // The replica loads these before the next verdict, and the client disconnects in the meantime.
  await insertTokens(authority.database, { owner, account: authority.prepared.account, count: 5_000, prefix: 'new' })
  const origin = await listen(authority)
  const statements = spyOnLists(t, authority.database)
  authority.app.server.server.once('request', (incoming) => setImmediate(() => incoming.destroy()))
  await once(ask(authority, origin, `${report}&sort=-name`), 'error')
  await authority.call('GET', report)
  const both = statements.length
  statements.length = 0
  await authority.call('GET', report)
  const whole = statements.length
  assert.ok(both < 1.5 * whole, `${both - whole} of ${whole} statements`)
})

test('a report that runs when the server closes is completed, and then its connection is closed', async (t) => {
  const authority = await startAuthority(t, apart)
  await manyTokens(authority, 20_000)
  const origin = await listen(authority)
  let closed: Promise<void> | undefined
  const text = await read(authority, origin, report, async () => {
    closed ??= authority.app.close()
  })
  assert.equal(new Set(idsIn(text)).size, 20_002)
  await closed
})

test('a report whose client does not read is cut after the grace period of open requests, and its queries stop', {
  timeout: 30_000,
}, async (t) => {
  const authority = await startAuthority(t, apart)
  await manyTokens(authority, 10_000)
  // More than the buffers of a connection hold.
  await rawSql(authority.database, 'update access_tokens set description = hex(zeroblob(1500))')
  const origin = await listen(authority)
  const statements = spyOnLists(t, authority.database)
  const connected = once(authority.app.server.server, 'connection')
  const pending = ask(authority, origin, report)
  const [[connection]] = (await Promise.all([connected, once(pending, 'response')])) as [[Socket], unknown]
  const settled = async () => {
    // On a busy machine, the thread that answers takes longer than any number of turns.
    await Promise.allSettled(statements)
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)
    return statements.length
  }
  // Until the connection accepts no more.
  for (let before = -1; before !== (await settled()); ) before = statements.length
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const closed = authority.app.close()
  t.mock.timers.tick(limits.requestSeconds * 1_000 - 1)
  assert.equal(connection.destroyed, false, 'not a moment too early')
  t.mock.timers.tick(1)
  t.mock.timers.reset()
  await closed
  assert.equal(connection.destroyed, true)
  pending.destroy()
  const then = statements.length
  assert.equal(await settled(), then)
  assert.deepEqual(
    authority.log.filter((line) => line.includes('"level":50')),
    [],
  )
})

test('a report is sorted like the list', async (t) => {
  const authority = await startAuthority(t)
  const { call } = authority
  const owner = await manyTokens(authority, 120)
  await rawSql(
    authority.database,
    "update access_tokens set last_used_at = '2030-01-02T00:00:00.000Z' where id like '%5'",
  )
  for (const sort of [
    'name',
    '-name',
    'last-used-at',
    '-last-used-at',
    'owner-type,last-used-at',
    'expires-at,-name',
    'owner-email',
    '-created-at',
  ]) {
    const pages = await Promise.all(
      [1, 2].map((page) => call('GET', `/reports/access-tokens?sort=${sort}&page[size]=100&page[number]=${page}`)),
    )
    const listed = pages.flatMap(({ json }) => json.data.map(({ id }: { id: string }) => id))
    assert.deepEqual(idsIn((await call('GET', `${report}&sort=${sort}`)).text), listed, sort)
  }
  assert.equal(idsIn((await call('GET', `${report}&filter[owner-id]=${owner}&page[number]=2`)).text).length, 121)
})

test('a report is refused like the list, before anything is sent', async (t) => {
  const authority = await startAuthority(t)
  const { token: noRights } = await machine(authority, 'nobody')
  for (const query of ['', '&sort=nothing', '&filter[nothing]=1', '&sort=name'])
    for (const token of [noRights, null, authority.prepared.token]) {
      const list = await authority.call('GET', `/reports/access-tokens?page[size]=1${query}`, { token })
      const csv = await authority.call('GET', `${report}${query}`, { token })
      assert.equal(csv.status, list.status, `${query} ${csv.text}`)
      if (csv.status !== 200) assert.equal(csv.json.errors[0].code, list.json.errors[0].code)
    }
})

const cells: readonly (readonly [value: unknown, cell: string])[] = [
  [null, '""'],
  ['plain', '"plain"'],
  ['a "b", c', '"a ""b"", c"'],
  ['=1+1', `"'=1+1"`],
  ['+1', `"'+1"`],
  ['-1', `"'-1"`],
  ['@sum', `"'@sum"`],
  ['＝1', `"'＝1"`],
  ['＋1', `"'＋1"`],
  ['－1', `"'－1"`],
  ['＠1', `"'＠1"`],
  ['\t=1', `"'\t=1"`],
  ['\r=1', `"'\r=1"`],
  [' =1', `"' =1"`],
  ['\ufeff=1', `"'\ufeff=1"`],
  ['x;=1+1', `"x;'=1+1"`],
  ['x; ＝1', `"x;' ＝1"`],
  ['x\n@1', `"x\n'@1"`],
  ['a-b=c', '"a-b=c"'],
]

test('no cell of a report is a formula, and all are quoted', () => {
  for (const [value, cell] of cells) assert.equal(csvCell(value), cell, String(value))
})

test('sorting in pieces is stable and equals a plain sort', async () => {
  for (const count of [0, 1, 1_999, 2_000, 2_001, 9_000]) {
    const entries = Array.from({ length: count }, (_, at) => ({ key: (at * 7_919) % 101, at }))
    const compare = (one: { key: number }, other: { key: number }) => one.key - other.key
    assert.deepEqual(await sortInPieces(entries, compare), entries.toSorted(compare))
  }
})

async function listen({ app }: Authority): Promise<string> {
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.server.server.address() as AddressInfo).port}`
}

function ask({ prepared }: Authority, origin: string, path: string) {
  const pending = request(`${origin}/api/iacp/v3${path}`, { headers: { authorization: `Bearer ${prepared.token}` } })
  pending.on('error', () => undefined).end()
  return pending
}

async function read(authority: Authority, origin: string, path: string, onPiece: (pieces: number) => Promise<void>) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  ask(authority, origin, path).on('response', async (answer) => {
    let text = ''
    let pieces = 0
    try {
      for await (const piece of answer.setEncoding('utf8')) {
        text += piece
        await onPiece(++pieces)
      }
      resolve(text)
    } catch (error) {
      reject(error)
    }
  })
  return await promise
}

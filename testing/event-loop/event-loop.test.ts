import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fastify from 'fastify'
import { warmUpMilliseconds, watchEventLoop } from './event-loop.ts'
import { atReferenceSpeed, turnMillisecondsMax } from './turn-cpu.ts'

/** Uses this amount of CPU time of the thread, however long that takes. */
function work(milliseconds: number): void {
  const used = () => {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1_000
  }
  const end = used() + milliseconds
  while (used() < end);
}

async function blockedBy(handle: () => unknown, requests = 2): Promise<string[]> {
  const server = fastify()
  const watch = watchEventLoop(server, undefined, asMeasured)
  // A unique route: another test may have warmed up the same one.
  const url = `/${crypto.randomUUID()}`
  server.get(url, async () => {
    await handle()
    return 'done'
  })
  for (let count = 0; count < requests; count++) await server.inject(url)
  await server.close()
  return watch.blockedTurns.flatMap(({ routes }) => routes).map((route) => route.replace(url, '/'))
}

/** Does not correct for the speed of this machine, as `work` does not. */
const asMeasured = (milliseconds: number) => milliseconds

const long = turnMillisecondsMax * 2
const short = turnMillisecondsMax / 2

test('a request that blocks the event loop is reported on its second call', async () => {
  assert.deepEqual(await blockedBy(() => work(long)), ['GET /'])
})

test('a request that continues in microtasks counts as blocking', async () => {
  const blocked = await blockedBy(async () => {
    for (let piece = 0; piece < 4; piece++) {
      work(long / 4)
      await null
      await new Promise<void>((done) => process.nextTick(done))
    }
  })
  assert.deepEqual(blocked, ['GET /'])
})

test('a request that yields between pieces is not reported', async () => {
  const blocked = await blockedBy(async () => {
    for (let piece = 0; piece < 4; piece++) {
      work(short)
      await nextTurn()
    }
  })
  assert.deepEqual(blocked, [])
})

test('a first call has a higher limit', async () => {
  assert.deepEqual(await blockedBy(() => work(long), 1), [])
  assert.deepEqual(await blockedBy(() => work(warmUpMilliseconds + 50), 1), ['GET /'])
})

test('work of the test between requests does not count', async () => {
  const server = fastify()
  const watch = watchEventLoop(server, undefined, asMeasured)
  server.get('/', async () => 'done')
  for (let count = 0; count < 3; count++) {
    await server.inject('/')
    work(long)
  }
  assert.deepEqual(watch.blockedTurns, [])
  assert.doesNotThrow(watch.check)
})

test('requests over a socket count too, and the error names route and time', async (t) => {
  const server = fastify()
  const watch = watchEventLoop(server, undefined, asMeasured)
  server.get('/blocked/:id', async () => {
    work(long)
    return 'done'
  })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => server.close())
  for (let count = 0; count < 2; count++) await (await fetch(`${address}/blocked/${count}`)).text()
  assert.throws(watch.check, /GET \/blocked\/:id: \d+ ms of CPU in one turn, expected at most 50 ms/)
})

test('a time over the limit is corrected for a machine that is up to 4 times slower, others are not', () => {
  assert.equal(atReferenceSpeed(turnMillisecondsMax), turnMillisecondsMax)
  const corrected = atReferenceSpeed(1_000)
  assert.ok(corrected >= 250 && corrected <= 1_000, `${corrected} ms`)
})

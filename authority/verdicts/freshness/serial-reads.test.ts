import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SerialReads } from './serial-reads.ts'

/** Reads that end when the test says so. */
function heldReads() {
  const started: PromiseWithResolvers<void>[] = []
  const reads = new SerialReads(() => {
    started.push(Promise.withResolvers())
    return started.at(-1)?.promise as Promise<void>
  })
  const turn = () => new Promise(setImmediate)
  return { reads, started, turn }
}

test('a caller joins the running read, and starts one if none runs', async () => {
  const { reads, started } = heldReads()
  const callers = [reads.now(), reads.now()]
  assert.equal(started.length, 1)
  started[0]?.resolve()
  await Promise.all(callers)
  const failing = reads.now()
  assert.equal(started.length, 2)
  started[1]?.reject(new Error('lost'))
  await assert.rejects(failing, /lost/)
  void reads.now()
  assert.equal(started.length, 3, 'also after a read that failed')
})

test('a read after the running one does not start before it ends, and its callers share it', async () => {
  const { reads, started, turn } = heldReads()
  const running = reads.now()
  const callers = [reads.afterNow(), reads.afterNow()]
  await turn()
  assert.equal(started.length, 1)
  started[0]?.reject(new Error('lost'))
  await assert.rejects(running, /lost/)
  await turn()
  assert.equal(started.length, 2, 'a failure of the running read is not theirs')
  const late = reads.afterNow()
  started[1]?.resolve()
  await Promise.all(callers)
  await turn()
  assert.equal(started.length, 3, 'a caller that arrives during the read gets one of its own')
  started[2]?.resolve()
  await late
})

test('a read after the running one also waits for a read that starts as soon as that one ends', async () => {
  const { reads, started, turn } = heldReads()
  const running = reads.now()
  let isRead = false
  const restarted = running.then(() => void reads.now())
  const after = reads.afterNow().then(() => {
    isRead = true
  })
  started[0]?.resolve()
  await restarted
  await turn()
  started[1]?.resolve()
  await turn()
  assert.deepEqual([started.length, isRead], [3, false])
  started[2]?.resolve()
  await after
})

test('reads are idle once the running one has ended, even if it failed', async () => {
  const { reads, started, turn } = heldReads()
  await reads.idle()
  const running = reads.now()
  let isIdle = false
  const idle = reads.idle().then(() => {
    isIdle = true
  })
  await turn()
  assert.equal(isIdle, false)
  started[0]?.reject(new Error('lost'))
  await assert.rejects(running, /lost/)
  await idle
})

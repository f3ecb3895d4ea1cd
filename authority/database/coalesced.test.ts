import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coalesced } from './coalesced.ts'

test('requests during a run are one more run, and never two at once', async () => {
  let runs = 0
  let atOnce = 0
  const work = coalesced(async () => {
    runs += 1
    assert.equal(++atOnce, 1)
    await new Promise(setImmediate)
    atOnce -= 1
  })
  const first = work.request()
  await Promise.resolve()
  await Promise.resolve()
  assert.equal(runs, 1)
  await Promise.all([first, work.request(), work.request(), work.request()])
  assert.equal(runs, 2)
  assert.equal(work.running(), undefined)
})

test('a request in any microtask around the end of a run is not lost', async () => {
  for (let delay = 0; delay < 12; delay++) {
    let runs = 0
    const work = coalesced(async () => {
      runs += 1
    })
    void work.request()
    for (let tick = 0; tick < delay; tick++) await Promise.resolve()
    const before = runs
    await work.request()
    assert.ok(runs > before, `after ${delay} microtasks`)
    assert.equal(work.running(), undefined)
  }
})

test('work that throws rejects its requests and can be requested again', async () => {
  let isBroken = true
  const work = coalesced(async () => {
    if (isBroken) throw new Error('broken')
  })
  await assert.rejects(work.request(), /broken/)
  isBroken = false
  await work.request()
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedCheck } from './shared-check.ts'

test('verdicts of one turn of the event loop share a check, which takes place after all of them', async () => {
  const events: string[] = []
  const whenFresh = sharedCheck(() => void events.push('check'))
  const ask = async (name: string) => {
    events.push(`request ${name}`)
    await whenFresh()
    events.push(`verdict ${name}`)
  }
  await Promise.all([ask('a'), ask('b'), new Promise<void>((done) => process.nextTick(() => ask('c').then(done)))])
  await ask('d')
  assert.deepEqual(events, [
    ...['request a', 'request b', 'request c', 'check', 'verdict a', 'verdict b', 'verdict c'],
    ...['request d', 'check', 'verdict d'],
  ])
})

test('a request that arrives while a check waits for the database gets a check of its own', async () => {
  const checks: PromiseWithResolvers<void>[] = []
  const whenFresh = sharedCheck(() => {
    checks.push(Promise.withResolvers())
    return checks.at(-1)?.promise
  })
  const turn = () => new Promise(setImmediate)
  let isFirstDone = false
  const first = whenFresh().then(() => {
    isFirstDone = true
  })
  await turn()
  const second = whenFresh()
  await turn()
  assert.equal(checks.length, 2)
  checks[1]?.resolve()
  await second
  assert.equal(isFirstDone, false)
  checks[0]?.resolve()
  await first
})

test('a failed check fails the verdicts of its turn only', async () => {
  let failure: unknown = new Error('replaced')
  const whenFresh = sharedCheck(() => {
    if (failure) throw failure
    return undefined
  })
  await assert.rejects(Promise.all([whenFresh(), whenFresh()]), /replaced/)
  failure = null
  await whenFresh()
})

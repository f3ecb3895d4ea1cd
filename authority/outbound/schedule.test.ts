import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attemptsMax, nextAttempt } from './schedule.ts'

const now = new Date('2030-01-01T00:00:00.000Z')
const world = (draw: number) => ({ now: () => now, random: (bytes: number) => new Uint8Array(bytes).fill(draw) })
const pause = (attempts: number, retryAfter: string | null = null, draw = 0) => {
  const next = nextAttempt(world(draw), attempts, retryAfter)
  return next && (next.getTime() - now.getTime()) / 1_000
}

const seconds = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]

test('the pauses follow Standard Webhooks, and there are at most ten attempts', () => {
  assert.deepEqual(
    seconds.map((_, attempts) => pause(attempts)),
    seconds,
  )
  assert.equal(attemptsMax, 10)
  assert.equal(pause(10), null)
  assert.equal(pause(11), null)
})

test('random jitter extends a pause by up to 25 % and never shortens it', () => {
  for (const [attempts, least] of seconds.entries()) {
    const most = pause(attempts, null, 255) as number
    assert.ok(most >= least * 1.24 && most < least * 1.25 + 0.001, `${attempts}: ${most}`)
    const middle = pause(attempts, null, 127) as number
    assert.ok(middle >= least && middle <= most)
  }
  assert.ok((pause(1, '3600', 255) as number) > 4_400, 'also a pause from Retry-After')
})

test('Retry-After extends a pause, in seconds or as a date, up to 24 hours, and never shortens it', () => {
  assert.equal(pause(1, '120'), 120)
  assert.equal(pause(1, '1'), 5)
  assert.equal(pause(4, '60'), 7_200)
  assert.equal(pause(1, '999999999'), 86_400)
  assert.equal(pause(1, 'Tue, 01 Jan 2030 00:10:00 GMT'), 600)
  assert.equal(pause(1, 'Mon, 01 Jan 2029 00:00:00 GMT'), 5)
  assert.equal(pause(1, 'Tue, 01 Jan 2036 00:00:00 GMT'), 86_400)
  for (const invalid of ['', '-5', 'soon', '1e9', 'NaN', '9'.repeat(400)]) assert.equal(pause(1, invalid), 5)
  assert.equal(pause(10, '120'), null)
})

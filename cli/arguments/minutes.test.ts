import assert from 'node:assert/strict'
import { test } from 'node:test'
import { duration, lifetime, minutes } from './minutes.ts'

test('a duration is given in minutes, or with a unit: m, h or d', () => {
  const read = minutes(1, 525_600)
  assert.deepEqual(['1', '90', '90m', '12h', '30d', '365d'].map(read), [1, 90, 90, 720, 43_200, 525_600])
})

test('a lifetime is a duration, or never', () => {
  const read = lifetime(525_600)
  assert.deepEqual(['never', '30d', '1'].map(read), ['never', 43_200, 1])
  assert.throws(() => read('0'), /1 to 525600/)
})

test('a duration is printed in the largest unit without a remainder', () => {
  const printed = [1, 59, 60, 90, 720, 1_440, 43_200].map(duration)
  assert.deepEqual(printed, ['1 minute', '59 minutes', '1 hour', '90 minutes', '12 hours', '1 day', '30 days'])
})

test('a duration that is malformed or out of range is rejected with the expected range', () => {
  const read = minutes(1, 525_600)
  for (const odd of ['', '0', '-5', '1.5', '5x', '1w', '366d', '525601', '1e3', '12 h', '9999999999', ' 5', '0x10'])
    assert.throws(() => read(odd), /Expected a duration of 1 to 525600 minutes, such as 90, 90m, 12h or 30d\./, odd)
  assert.equal(minutes(0, 10)('0'), 0)
})

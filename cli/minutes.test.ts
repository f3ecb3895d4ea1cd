import assert from 'node:assert/strict'
import { test } from 'node:test'
import { minutes } from './minutes.ts'

test('a life is minutes, or minutes, hours or days by their letter', () => {
  const read = minutes(1, 525_600)
  assert.deepEqual(['1', '90', '90m', '12h', '30d', '365d'].map(read), [1, 90, 90, 720, 43_200, 525_600])
})

test('a life that is none, or lies outside of the limits, is refused and told what was expected', () => {
  const read = minutes(1, 525_600)
  for (const odd of ['', '0', '-5', '1.5', '5x', '1w', '366d', '525601', '1e3', '12 h', '9999999999', ' 5', '0x10'])
    assert.throws(() => read(odd), /Expected minutes, or such as 12h or 30d, from 1 to 525600 minutes\./, odd)
  assert.equal(minutes(0, 10)('0'), 0)
})

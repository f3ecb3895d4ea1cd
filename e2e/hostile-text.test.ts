import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@mintmark/contract'
import { cpuOf, measureAgain, turnMillisecondsMax } from '../testing/event-loop/turn-cpu.ts'
import { hostileTexts, read, readers, textBytes } from '../testing/hostile-text.ts'
import { startAuthority } from '../testing/kit.ts'

// Under load, CPU time is counted in ticks of several milliseconds. Quadratic time would take minutes.
for (const [name, reader] of Object.entries(readers))
  test(`1 MiB of the worst text takes little time: ${name}`, () => {
    for (const text of hostileTexts()) {
      const milliseconds = cpuOf(() => read(reader, text), 1)
      if (milliseconds <= turnMillisecondsMax) continue
      const again = cpuOf(() => read(reader, text))
      assert.ok(again <= turnMillisecondsMax, `${again} ms of CPU for ${JSON.stringify(text.slice(0, 24))}`)
    }
  })

const worst = 'eyJ'.repeat(Math.floor(textBytes / 3) - 100)
const half = worst.slice(0, limits.leakTextBytes - 100)
const bodies = [
  ['text/plain', worst, 413],
  ['text/plain', worst.slice(0, limits.leakTextBytes), 202],
  ['application/x-www-form-urlencoded', `tokens=${worst}`, 413],
  ['application/x-www-form-urlencoded', `tokens=${worst}`.slice(0, limits.leakTextBytes), 422],
  ['application/json', JSON.stringify({ tokens: ['x'], location: { url: worst } }), 413],
  ['application/json', JSON.stringify({ tokens: ['x'], location: { url: half, path: half.slice(0, 9) } }), 202],
  ['application/json', JSON.stringify({ tokens: [{ token: 'x', location: { repository: half } }] }), 202],
] as const

test('an unauthenticated report never blocks other requests', async (t) => {
  const { call } = await startAuthority(t)
  const report = (type: string, body: string) =>
    call('POST', '/leaks/report', { token: null, body, headers: { 'content-type': type } })
  await report('text/plain', 'warm')
  for (const [type, body, status] of bodies) {
    const { value, longest } = await measureAgain(() => report(type, body))
    assert.equal(value.status, status, `${type}: ${value.text}`)
    assert.ok(longest <= turnMillisecondsMax, `${type}: ${longest} ms of CPU in one turn`)
  }
})

test('a pasted report is limited to the size of 1,000 tokens, and a longer one is refused with the limit', async (t) => {
  const { call } = await startAuthority(t)
  const answer = await call('POST', '/leaks/report', {
    token: null,
    body: 'x'.repeat(limits.leakTextBytes + 1),
    headers: { 'content-type': 'text/plain' },
  })
  assert.deepEqual([answer.status, answer.json.errors[0].code], [413, 'body-too-large'])
  assert.match(answer.text, /524,?288 bytes/)
})

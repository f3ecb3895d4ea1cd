import assert from 'node:assert/strict'
import { test } from 'node:test'
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { Secret } from './secret.ts'

const text = 'the-words-nobody-may-see'
const secret = new Secret(text)

test('open returns the secret', () => {
  assert.equal(secret.open(), text)
})

test('wiping a secret overwrites its bytes for all users of the buffer', () => {
  const given = Buffer.from(text)
  const wiped = new Secret(given)
  const handed = wiped.bytes()
  wiped.wipe()
  assert.equal(wiped.open(), '\0'.repeat(text.length))
  assert.deepEqual([...handed, ...given], new Array(text.length * 2).fill(0))
})

const ways: Record<string, () => string> = {
  'String()': () => String(secret),
  'a template string': () => `${secret}`,
  concatenation: () => ''.concat(secret as unknown as string),
  'JSON.stringify': () => JSON.stringify(secret),
  'JSON.stringify of an object around it': () => JSON.stringify({ inside: [secret] }),
  'util.inspect': () => inspect(secret),
  'util.inspect of an object around it': () => inspect({ inside: { deep: [secret] } }),
  'util.inspect with everything shown': () => inspect(secret, { showHidden: true, depth: null, getters: true }),
  'format %s': () => format('%s', secret),
  'format %o': () => format('%o', secret),
  'format %j': () => format('%j', secret),
  'an error with it as its cause': () => inspect(new Error('broken', { cause: secret })),
}

for (const [way, print] of Object.entries(ways)) {
  test(`a secret prints as [secret] with ${way}`, () => {
    const printed = print()
    assert.ok(printed.includes('[secret]'), printed)
    assert.ok(!printed.includes(text), printed)
  })
}

test('a secret cannot be enumerated, copied or cloned', () => {
  assert.deepEqual(Object.getOwnPropertyNames(secret), [])
  assert.deepEqual({ ...secret }, {})
  assert.ok(!inspect(structuredClone(secret)).includes(text))
  assert.ok(!serialize(secret).includes(text))
})

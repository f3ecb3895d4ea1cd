import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAuthority } from '../../../testing/kit.ts'
import { stores } from '../../../testing/stores.ts'
import { fixedWorld } from '../../world.ts'
import { isChallenge, newChallenge, useChallenge } from './challenge.ts'

const start = '2030-01-01T00:00:00.000Z'
const key = new Uint8Array(32).fill(1)
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

test('a challenge is valid for five minutes, for its purpose and under its key', () => {
  const world = fixedWorld(start)
  const challenge = text(newChallenge(world, key, 'sign-in'))
  assert.equal(isChallenge(world, key, 'sign-in', challenge), true)
  assert.equal(isChallenge(world, key, 'register user-1', challenge), false)
  assert.equal(isChallenge(world, new Uint8Array(32), 'sign-in', challenge), false)
  const registration = text(newChallenge(world, key, 'register user-1'))
  assert.equal(isChallenge(world, key, 'register user-1', registration), true)
  assert.equal(isChallenge(world, key, 'register user-2', registration), false)
  world.set('2030-01-01T00:04:59.999Z')
  assert.equal(isChallenge(world, key, 'sign-in', challenge), true)
  world.set('2030-01-01T00:05:00.000Z')
  assert.equal(isChallenge(world, key, 'sign-in', challenge), false)
})

test('a challenge of another length, or with any other bit, is rejected', () => {
  const world = fixedWorld(start)
  const bytes = newChallenge(world, key, 'sign-in')
  assert.equal(bytes.length, 40)
  for (const other of [new Uint8Array(0), bytes.subarray(1), bytes.subarray(0, 39), Buffer.concat([bytes, bytes])])
    assert.equal(isChallenge(world, key, 'sign-in', text(other)), false)
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice()
    changed[at] = changed[at]! ^ 1
    assert.equal(isChallenge(world, key, 'sign-in', text(changed)), false, `byte ${at}`)
  }
})

test('no two challenges are equal', () => {
  const world = fixedWorld(start)
  assert.notDeepEqual(newChallenge(world, key, 'sign-in'), newChallenge(world, key, 'sign-in'))
})

for (const [kind, store] of Object.entries(stores))
  test(`${kind}: a challenge can be used once`, async (t) => {
    const world = fixedWorld(start)
    const { database } = await startAuthority(t, { world, store: await store(t) })
    const use = (challenge: string) => database.write((db) => useChallenge(db, world, challenge))
    await use('one')
    await use('two')
    world.set('2030-01-01T00:05:00.000Z')
    await assert.rejects(use('one'), { code: 'wrong-credentials' })
    const atOnce = await Promise.allSettled([use('three'), use('three'), use('three')])
    assert.deepEqual(atOnce.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected', 'rejected'])
  })

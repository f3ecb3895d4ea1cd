import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@mintmark/contract'
import { fixedWorld } from '../world.ts'
import { type Attempt, countAttempts } from './attempts.ts'

const {
  signInAttemptsPerPerson: perPerson,
  signInAttemptsInKnownBrowsers: inKnownBrowsers,
  signInAttemptsPerAddress: perAddress,
} = limits

const fresh = (prefix?: number) => {
  const world = fixedWorld('2030-01-01T00:00:00Z')
  const attempts = countAttempts(world, prefix)
  /** How many of so many attempts are let through. */
  const tried = (count: number, attempt: (number: number) => Attempt) => {
    let passed = 0
    for (let number = 0; number < count; number++)
      try {
        attempts.begin(attempt(number))
        passed += 1
      } catch {
        // Limited.
      }
    return passed
  }
  return { world, attempts, tried }
}

const stranger = (address: string, email: string): Attempt => ({ by: 'stranger', address, email })

const knownBrowser = (browser: string, userId = 'user-1'): Attempt => ({ by: 'known-browser', userId, browser })

test('each kind of attempt has a counter of its own, and no kind uses up another', () => {
  const kinds: Record<string, (number: number) => Attempt> = {
    stranger: (number) => stranger(`192.0.2.${number}`, 'ann@example.com'),
    'known browser': () => knownBrowser('b-1'),
    'another known browser': () => knownBrowser('b-2'),
    session: () => ({ by: 'session', session: 's-1' }),
    'another session': () => ({ by: 'session', session: 's-2' }),
  }
  const { tried, world } = fresh()
  for (const [name, attempt] of Object.entries(kinds)) assert.equal(tried(30, attempt), perPerson, name)
  for (const [name, attempt] of Object.entries(kinds)) assert.equal(tried(1, attempt), 0, name)
  world.set('2030-01-01T00:15:01Z')
  for (const [name, attempt] of Object.entries(kinds)) assert.equal(tried(1, attempt), 1, `${name}, later`)
})

test('the known browsers of a person share a limit, however many there are, and one browser cannot use it up', () => {
  const { tried, world } = fresh()
  assert.equal(
    tried(200, () => knownBrowser('b-1')),
    perPerson,
  )
  assert.equal(
    tried(200, (number) => knownBrowser(`forged-${number}`)),
    inKnownBrowsers - perPerson,
  )
  assert.equal(
    tried(1, () => knownBrowser('b-1', 'user-2')),
    1,
    'of another person',
  )
  world.set('2030-01-01T00:15:01Z')
  assert.equal(
    tried(1, () => knownBrowser('b-3')),
    1,
    'later',
  )
})

test('a person has one counter wherever strangers come from, and an address one for all persons', () => {
  const { tried } = fresh()
  assert.equal(
    tried(200, (number) => stranger('203.0.113.7', `nobody${number}@example.com`)),
    perAddress,
  )
  assert.equal(
    tried(1, () => stranger('203.0.113.8', 'nobody999@example.com')),
    1,
  )
})

test('addresses of one IPv6 network are one client; the length of its prefix is a setting', () => {
  const host = (network: string) => (number: number) =>
    stranger(`2001:db8:1:${network}::${(number + 1).toString(16)}`, `nobody${network}-${number}@example.com`)
  const { tried } = fresh()
  assert.equal(tried(80, host('2')), perAddress)
  assert.equal(tried(80, host('3')), perAddress, 'the next network has its own')
  const wide = fresh(48)
  assert.equal(wide.tried(80, host('2')), perAddress)
  assert.equal(wide.tried(80, host('3')), 0)
})

test('a flood of strangers forgets no known browser and no session', () => {
  const { tried } = fresh()
  assert.equal(
    tried(30, () => ({ by: 'session', session: 's-1' })),
    perPerson,
  )
  tried(60_000, (number) =>
    stranger(`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`, `n${number}@example.com`),
  )
  assert.equal(
    tried(1, () => ({ by: 'session', session: 's-1' })),
    0,
  )
})

test('what was no guess is given back', () => {
  const { tried, attempts } = fresh()
  for (const attempt of [stranger('192.0.2.1', 'ann@example.com'), knownBrowser('b-1')]) {
    for (let number = 0; number < 100; number++) {
      attempts.begin(attempt)
      attempts.forgive(attempt)
    }
    assert.equal(
      tried(30, () => attempt),
      perPerson,
    )
  }
})

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

const setUp = (prefix?: number) => {
  const world = fixedWorld('2030-01-01T00:00:00Z')
  const attempts = countAttempts(world, prefix)
  /** Returns how many of `count` attempts are not limited. */
  const allowedOf = (count: number, attempt: (number: number) => Attempt) => {
    let allowed = 0
    for (let number = 0; number < count; number++)
      try {
        attempts.count(attempt(number))
        allowed += 1
      } catch {
        // Limited.
      }
    return allowed
  }
  return { world, attempts, allowedOf }
}

const unknownBrowser = (address: string, email: string): Attempt => ({ by: 'unknown-browser', address, email })

const knownBrowser = (browser: string, userId = 'user-1'): Attempt => ({ by: 'known-browser', userId, browser })

test('unknown browsers, known browsers and sessions are limited separately', () => {
  const kinds: Record<string, (number: number) => Attempt> = {
    'unknown browser': (number) => unknownBrowser(`192.0.2.${number}`, 'ann@example.com'),
    'known browser': () => knownBrowser('b-1'),
    'another known browser': () => knownBrowser('b-2'),
    session: () => ({ by: 'session', session: 's-1' }),
    'another session': () => ({ by: 'session', session: 's-2' }),
  }
  const { allowedOf, world } = setUp()
  for (const [name, attempt] of Object.entries(kinds)) assert.equal(allowedOf(30, attempt), perPerson, name)
  for (const [name, attempt] of Object.entries(kinds)) assert.equal(allowedOf(1, attempt), 0, name)
  world.set('2030-01-01T00:15:01Z')
  for (const [name, attempt] of Object.entries(kinds)) assert.equal(allowedOf(1, attempt), 1, `${name}, later`)
})

test('all known browsers of a person share a limit, which one browser alone cannot exhaust', () => {
  const { allowedOf, world } = setUp()
  assert.equal(
    allowedOf(200, () => knownBrowser('b-1')),
    perPerson,
  )
  assert.equal(
    allowedOf(200, (number) => knownBrowser(`forged-${number}`)),
    inKnownBrowsers - perPerson,
  )
  assert.equal(
    allowedOf(1, () => knownBrowser('b-1', 'user-2')),
    1,
    'the known browser of another person',
  )
  world.set('2030-01-01T00:15:01Z')
  assert.equal(
    allowedOf(1, () => knownBrowser('b-3')),
    1,
    'later',
  )
})

test('unknown browsers are limited per person across addresses, and per address across persons', () => {
  const { allowedOf } = setUp()
  assert.equal(
    allowedOf(200, (number) => unknownBrowser('203.0.113.7', `nobody${number}@example.com`)),
    perAddress,
  )
  assert.equal(
    allowedOf(1, () => unknownBrowser('203.0.113.8', 'nobody999@example.com')),
    1,
  )
})

test('addresses in one IPv6 network count as one client, and the prefix length is configurable', () => {
  const host = (network: string) => (number: number) =>
    unknownBrowser(`2001:db8:1:${network}::${(number + 1).toString(16)}`, `nobody${network}-${number}@example.com`)
  const { allowedOf } = setUp()
  assert.equal(allowedOf(80, host('2')), perAddress)
  assert.equal(allowedOf(80, host('3')), perAddress, 'the next network has its own limit')
  const wide = setUp(48)
  assert.equal(wide.allowedOf(80, host('2')), perAddress)
  assert.equal(wide.allowedOf(80, host('3')), 0)
})

test('a flood from unknown browsers does not reset the counters of sessions', () => {
  const { allowedOf } = setUp()
  assert.equal(
    allowedOf(30, () => ({ by: 'session', session: 's-1' })),
    perPerson,
  )
  allowedOf(60_000, (number) =>
    unknownBrowser(`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`, `n${number}@example.com`),
  )
  assert.equal(
    allowedOf(1, () => ({ by: 'session', session: 's-1' })),
    0,
  )
})

test('a correct credential does not count toward the limit', () => {
  const { allowedOf, attempts } = setUp()
  for (const attempt of [unknownBrowser('192.0.2.1', 'ann@example.com'), knownBrowser('b-1')]) {
    for (let number = 0; number < 100; number++) {
      attempts.count(attempt)
      attempts.uncount(attempt)
    }
    assert.equal(
      allowedOf(30, () => attempt),
      perPerson,
    )
  }
})

const session = (name: string): Attempt => ({ by: 'session', session: name })

test('a limited attempt is told how many seconds to wait, and succeeds after them', () => {
  const { allowedOf, attempts, world } = setUp()
  assert.equal(
    allowedOf(perPerson, () => session('s-1')),
    perPerson,
  )
  const assertWait = (retryAfterSeconds: number) =>
    assert.throws(() => attempts.count(session('s-1')), {
      code: 'too-many-attempts',
      faults: [{ detail: 'Too many attempts. Wait before you try again, or use a passkey.', retryAfterSeconds }],
    })
  assertWait(900)
  world.set('2030-01-01T00:05:00.500Z')
  assertWait(600)
  world.set('2030-01-01T00:14:59.999Z')
  assertWait(1)
  world.set('2030-01-01T00:15:00.000Z')
  attempts.count(session('s-1'))
})

test('correct credentials without failures do not raise the limit', () => {
  const { allowedOf, attempts } = setUp()
  for (let number = 0; number < 3; number++) attempts.uncount(session('s-1'))
  assert.equal(
    allowedOf(30, () => session('s-1')),
    perPerson,
  )
})

test('the window of a counter starts with its first attempt, and the next one after its end', () => {
  const { allowedOf, attempts, world } = setUp()
  attempts.count(session('s-1'))
  world.set('2030-01-01T00:14:00Z')
  allowedOf(30, () => session('s-1'))
  world.set('2030-01-01T00:15:00Z')
  assert.equal(
    allowedOf(30, () => session('s-1')),
    perPerson,
  )
  world.set('2030-01-01T00:29:59Z')
  assert.equal(
    allowedOf(1, () => session('s-1')),
    0,
  )
})

test('at most 50,000 counters are kept, and the oldest is forgotten', () => {
  const { allowedOf, world } = setUp()
  const exhaust = (name: string) => allowedOf(perPerson, () => session(name))
  const isLimited = (name: string) => allowedOf(1, () => session(name)) === 0
  exhaust('first')
  exhaust('second')
  allowedOf(49_998, (number) => session(`s-${number}`))
  assert.ok(isLimited('first') && isLimited('second'))
  allowedOf(1, () => session('one more'))
  assert.ok(isLimited('second'))
  assert.ok(!isLimited('first'))
  // A new window of a known session is the newest counter.
  world.set('2030-01-01T00:15:00Z')
  exhaust('s-40000')
  allowedOf(49_999, (number) => session(`t-${number}`))
  assert.ok(isLimited('s-40000'))
})

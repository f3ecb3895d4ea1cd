/**
 * Limits guesses of passwords and codes. The server counts an attempt before it checks the credential, whether the person
 * exists or not. Unknown browsers, known browsers and sessions have separate counters, so an attacker who guesses a person's
 * password cannot lock out that person's own browsers and sessions. Passkeys and sign-in links cannot be guessed and are
 * not counted.
 */
import { createHash } from 'node:crypto'
import { limits } from '@mintmark/contract'
import { Refusal, type World } from '../context.ts'
import { clientKey, defaultIpv6Prefix } from '../verdicts/ip-address.ts'

const windowMilliseconds = 900_000
const keysMax = 50_000

export type Attempt =
  | { readonly by: 'session'; readonly session: string }
  /** A mail to an address that may be someone else's. */
  | { readonly by: 'mail'; readonly userId: string }
  | { readonly by: 'known-browser'; readonly userId: string; readonly browser: string }
  | { readonly by: 'unknown-browser'; readonly address: string; readonly email: string }

export interface Attempts {
  /** Counts an attempt, before the credential is checked. Throws `too-many-attempts`. */
  count(attempt: Attempt): void
  /** Takes an attempt off the counters again, because the credential was correct. */
  uncount(attempt: Attempt): void
}

export function countAttempts(world: World, ipv6Prefix: number = defaultIpv6Prefix): Attempts {
  // Separate maps: when a flood of attempts fills one, no entry of the others is evicted.
  const counters = {
    session: newCounter(world, limits.signInAttemptsPerPerson),
    mails: newCounter(world, limits.signInAttemptsPerPerson),
    browser: newCounter(world, limits.signInAttemptsPerPerson),
    knownBrowsers: newCounter(world, limits.signInAttemptsInKnownBrowsers),
    person: newCounter(world, limits.signInAttemptsPerPerson),
    client: newCounter(world, limits.signInAttemptsPerAddress),
  }
  const countersOf = (attempt: Attempt): readonly (readonly [Counter, string])[] => {
    if (attempt.by === 'session') return [[counters.session, attempt.session]]
    if (attempt.by === 'mail') return [[counters.mails, attempt.userId]]
    if (attempt.by === 'known-browser')
      // The browser's limit comes first. Once it is reached, further attempts do not count toward the person's limit.
      return [
        [counters.browser, JSON.stringify([attempt.userId, attempt.browser])],
        [counters.knownBrowsers, attempt.userId],
      ]
    const person = createHash('sha256').update(attempt.email).digest('base64')
    return [
      [counters.client, clientKey(attempt.address, ipv6Prefix)],
      [counters.person, person],
    ]
  }
  return {
    count: (attempt) => {
      for (const [counter, key] of countersOf(attempt)) {
        const retryAfterSeconds = counter.add(key)
        if (retryAfterSeconds > 0)
          throw new Refusal('too-many-attempts', {
            detail: 'Too many attempts. Wait before you try again, or use a passkey.',
            retryAfterSeconds,
          })
      }
    },
    uncount: (attempt) => {
      for (const [counter, key] of countersOf(attempt)) counter.subtract(key)
    },
  }
}

interface Counter {
  /** Returns the seconds to wait if the limit is exceeded, otherwise 0. */
  add(key: string): number
  subtract(key: string): void
}

function newCounter(world: World, limit: number): Counter {
  const windows = new Map<string, { until: number; count: number }>()
  const windowOf = (key: string): { until: number; count: number } => {
    const now = world.now().getTime()
    const known = windows.get(key)
    if (known && known.until > now) return known
    windows.delete(key)
    // The map is in the order of expiry. The oldest is evicted, so that a flood cannot exhaust memory.
    if (windows.size >= keysMax) windows.delete(windows.keys().next().value as string)
    const window = { until: now + windowMilliseconds, count: 0 }
    windows.set(key, window)
    return window
  }
  return {
    add: (key) => {
      const window = windowOf(key)
      window.count += 1
      return window.count > limit ? Math.ceil((window.until - world.now().getTime()) / 1000) : 0
    },
    subtract: (key) => {
      const window = windowOf(key)
      window.count = Math.max(0, window.count - 1)
    },
  }
}

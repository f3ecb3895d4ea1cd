/**
 * Limits guesses at passwords and codes. An attempt is counted before it is looked at, whether there is such a person or
 * not. Attempts of strangers, of browsers in which the person signed in before, and of signed-in sessions have counters of
 * their own: who guesses at somebody's password locks out neither the person's own browsers nor their sessions. Passkeys
 * and one-time links cannot be guessed and are not counted.
 */
import { createHash } from 'node:crypto'
import { limits } from '@mintmark/contract'
import { Refusal, type World } from '../context.ts'
import { clientKey, defaultIpv6Prefix } from '../verdicts/ip-address.ts'

const windowMilliseconds = 900_000
const keysMax = 50_000

/** Who attempts. */
export type Attempt =
  | { readonly by: 'session'; readonly session: string }
  | { readonly by: 'known-browser'; readonly userId: string; readonly browser: string }
  | { readonly by: 'stranger'; readonly address: string; readonly email: string }

export interface Attempts {
  /** Counts an attempt before it is looked at; throws when there were too many. */
  begin(attempt: Attempt): void
  /** It was no guess. */
  forgive(attempt: Attempt): void
}

export function countAttempts(world: World, ipv6Prefix: number = defaultIpv6Prefix): Attempts {
  // One map for each kind: a flood of one makes room for itself and forgets no other.
  const counters = {
    session: newCounter(world, limits.signInAttemptsPerPerson),
    browser: newCounter(world, limits.signInAttemptsPerPerson),
    knownBrowsers: newCounter(world, limits.signInAttemptsInKnownBrowsers),
    person: newCounter(world, limits.signInAttemptsPerPerson),
    client: newCounter(world, limits.signInAttemptsPerAddress),
  }
  const countersOf = (attempt: Attempt): readonly (readonly [Counter, string])[] => {
    if (attempt.by === 'session') return [[counters.session, attempt.session]]
    if (attempt.by === 'known-browser')
      // The limit of the browser comes first: once it is reached, the browser uses up nothing of the person's limit.
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
    begin: (attempt) => {
      for (const [counter, key] of countersOf(attempt)) {
        const retryAfterSeconds = counter.add(key)
        if (retryAfterSeconds > 0)
          throw new Refusal('too-many-attempts', {
            detail: 'Too many attempts. Wait before trying again, or use a passkey.',
            retryAfterSeconds,
          })
      }
    },
    forgive: (attempt) => {
      for (const [counter, key] of countersOf(attempt)) counter.subtract(key)
    },
  }
}

interface Counter {
  /** The seconds to wait when there were too many, otherwise 0. */
  add(key: string): number
  subtract(key: string): void
}

function newCounter(world: World, most: number): Counter {
  const windows = new Map<string, { until: number; count: number }>()
  const windowOf = (key: string): { until: number; count: number } => {
    const now = world.now().getTime()
    const known = windows.get(key)
    if (known && known.until > now) return known
    if (windows.size >= keysMax) for (const [old, { until }] of windows) if (until <= now) windows.delete(old)
    // Full of live ones: the oldest goes, or a flood would take all memory.
    if (windows.size >= keysMax) windows.delete(windows.keys().next().value as string)
    const fresh = { until: now + windowMilliseconds, count: 0 }
    windows.set(key, fresh)
    return fresh
  }
  return {
    add: (key) => {
      const window = windowOf(key)
      window.count += 1
      return window.count > most ? Math.ceil((window.until - world.now().getTime()) / 1000) : 0
    },
    subtract: (key) => {
      const window = windowOf(key)
      window.count = Math.max(0, window.count - 1)
    },
  }
}

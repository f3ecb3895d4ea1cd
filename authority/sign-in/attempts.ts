/**
 * Slows down who guesses passwords and codes: counted by network address and by e-mail address, whether there is such a
 * person or not. What is over the limit is not looked at. Passkeys and one-time links cannot be guessed and go on.
 */
import { createHash } from 'node:crypto'
import { limits } from '@mintmark/contract'
import { Refusal, type World } from '../context.ts'

const windowMilliseconds = 900_000
const keysMax = 50_000

export interface Attempts {
  /** Counts an attempt before it is looked at; throws when there were too many. */
  begin(address: string, email: string): void
  /** It was no guess. */
  forgive(address: string, email: string): void
}

export function countAttempts(world: World): Attempts {
  const windows = new Map<string, { until: number; count: number }>()
  const counted = (key: string): { until: number; count: number } => {
    const now = world.now().getTime()
    const known = windows.get(key)
    if (known && known.until > now) return known
    if (windows.size >= keysMax) for (const [old, { until }] of windows) if (until <= now) windows.delete(old)
    // Full of live ones: the oldest goes, or a flood of addresses would take all memory.
    if (windows.size >= keysMax) windows.delete(windows.keys().next().value as string)
    const fresh = { until: now + windowMilliseconds, count: 0 }
    windows.set(key, fresh)
    return fresh
  }
  const keysOf = (address: string, email: string) =>
    [
      { key: `address ${address}`, most: limits.signInAttemptsPerAddress },
      { key: createHash('sha256').update(email.toLowerCase()).digest('base64'), most: limits.signInAttemptsPerPerson },
    ] as const
  return {
    begin: (address, email) => {
      for (const { key, most } of keysOf(address, email)) {
        const window = counted(key)
        window.count += 1
        if (window.count <= most) continue
        throw new Refusal('too-many-attempts', {
          detail: 'Too many attempts. Wait before trying again, or use a passkey.',
          retryAfterSeconds: Math.ceil((window.until - world.now().getTime()) / 1000),
        })
      }
    },
    forgive: (address, email) => {
      for (const { key } of keysOf(address, email)) {
        const window = counted(key)
        window.count = Math.max(0, window.count - 1)
      }
    },
  }
}

/** Waits for other processes. */
import { setTimeout as pause } from 'node:timers/promises'

const pauseMilliseconds = 25

/** Calls `ask` until it returns a value. Fails after a time that only a broken program takes. */
export async function eventually<T>(what: string, attempt: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  const end = performance.now() + seconds * 1_000
  for (;;) {
    const answer = await attempt()
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new Error(`timed out waiting for: ${what}`)
    await pause(pauseMilliseconds)
  }
}

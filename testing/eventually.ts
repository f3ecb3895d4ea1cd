/** Waiting for what another process does. */
import { setTimeout as pause } from 'node:timers/promises'

const pauseMilliseconds = 25

/** Asks again and again until the answer is something; fails after many seconds, which only a broken program takes. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  const end = performance.now() + seconds * 1_000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new Error(`it never came: ${what}`)
    await pause(pauseMilliseconds)
  }
}

import { Refusal } from '../../context.ts'

interface Bounds {
  readonly atOnce: number
  /** Beyond this the queue refuses work: the last in the queue would time out before their turn. */
  readonly waitingMax: number
}

/** Runs at most `atOnce` tasks at a time, in order of arrival. Throws `too-busy` if too many are waiting. */
export function boundedQueue({ atOnce, waitingMax }: Bounds): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= waitingMax)
        throw new Refusal('too-busy', {
          detail: 'Too many passwords are being checked. Try again later.',
          retryAfterSeconds: 2,
        })
      // A finished task passes its slot on, so `running` stays the same.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}

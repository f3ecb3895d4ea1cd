import { Refusal } from '../../context.ts'

interface Bounds {
  readonly atOnce: number
  /** More are refused: whoever comes last would wait longest, and give up before it is their turn. */
  readonly waitingMax: number
}

/** Runs so many works at once, in the order in which they came. Throws `too-busy` when too many wait. */
export function boundedQueue({ atOnce, waitingMax }: Bounds): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= waitingMax)
        throw new Refusal('too-busy', { detail: 'Too many passwords are checked right now.', retryAfterSeconds: 2 })
      // Whoever ends hands over the place.
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

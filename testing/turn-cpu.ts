/** How much CPU the thread takes in one turn of the event loop. Time on the clock would measure the other programs too. */

export interface Turns<T> {
  readonly value: T
  /** CPU of the longest turn, in milliseconds. */
  readonly longest: number
}

/** Runs the work and looks at the thread's CPU once a turn until it is done. */
export async function measureTurns<T>(work: () => Promise<T> | T): Promise<Turns<T>> {
  let longest = 0
  let isDone = false
  let before = process.threadCpuUsage()
  const look = () => {
    const { user, system } = process.threadCpuUsage(before)
    longest = Math.max(longest, (user + system) / 1_000)
    before = process.threadCpuUsage()
    if (!isDone) setImmediate(look)
  }
  setImmediate(look)
  try {
    const value = await work()
    await new Promise(setImmediate)
    return { value, longest }
  } finally {
    isDone = true
    look()
  }
}

/** The best of up to three runs: code is compiled and memory collected in some turn of the others. */
export async function measureAgain<T>(work: () => Promise<T> | T): Promise<Turns<T>> {
  let best = await measureTurns(work)
  for (let run = 1; run < 3 && best.longest > turnMillisecondsMax; run++) {
    const next = await measureTurns(work)
    if (next.longest < best.longest) best = next
  }
  return best
}

/** The least CPU of a few runs: what the work takes when nothing is compiled or collected beside it. */
export function cpuOf(work: () => void, runs = 3): number {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const before = process.threadCpuUsage()
    work()
    const { user, system } = process.threadCpuUsage(before)
    least = Math.min(least, (user + system) / 1_000)
  }
  return least
}

/** No turn may take longer. */
export const turnMillisecondsMax = 50

/** Measures the CPU time of each turn of the event loop. Wall-clock time would include other programs. */

export interface Turns<T> {
  readonly value: T
  /** The CPU time of the longest turn in milliseconds. */
  readonly longest: number
}

/** Runs the work and samples the thread's CPU time once per turn until it is done. */
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

/** Returns the best of up to three runs, because compilation and garbage collection disturb some turns. */
export async function measureAgain<T>(work: () => Promise<T> | T): Promise<Turns<T>> {
  let best = await measureTurns(work)
  for (let run = 1; run < 3 && best.longest > turnMillisecondsMax; run++) {
    const next = await measureTurns(work)
    if (next.longest < best.longest) best = next
  }
  return best
}

/** Returns the lowest CPU time of several runs: that of the work without compilation and garbage collection. */
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

/** The maximum CPU time of a turn in milliseconds. */
export const turnMillisecondsMax = 50

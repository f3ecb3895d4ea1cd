/**
 * Measures the CPU time of each turn of the event loop. Wall-clock time would include other programs. CPU time still depends on
 * the machine: the same work needs more of it on an older processor, or on a core that runs another program as well. So a time
 * over the limit is compared with that of a known piece of work, measured right after it.
 */

export interface Turns<T> {
  readonly value: T
  /** The CPU time of the longest turn in milliseconds, at reference speed if it is over the limit. */
  readonly longest: number
}

/** Runs the work and samples the thread's CPU time once per turn until it is done. */
export async function measureTurns<T>(work: () => Promise<T> | T, limit = turnMillisecondsMax): Promise<Turns<T>> {
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
    return { value, longest: atReferenceSpeed(longest, limit) }
  } finally {
    isDone = true
    look()
  }
}

/** Returns the best of up to three runs, because compilation and garbage collection disturb some turns. */
export async function measureAgain<T>(work: () => Promise<T> | T, limit = turnMillisecondsMax): Promise<Turns<T>> {
  let best = await measureTurns(work, limit)
  for (let run = 1; run < 3 && best.longest > limit; run++) {
    const next = await measureTurns(work, limit)
    if (next.longest < best.longest) best = next
  }
  return best
}

/** Returns the lowest CPU time of several runs, without compilation and garbage collection, at reference speed if it is over the limit. */
export function cpuOf(work: () => void, runs = 3): number {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const before = process.threadCpuUsage()
    work()
    const { user, system } = process.threadCpuUsage(before)
    least = Math.min(least, (user + system) / 1_000)
  }
  return atReferenceSpeed(least)
}

/** The maximum CPU time of a turn in milliseconds. */
export const turnMillisecondsMax = 50

/** Converts CPU time of this machine to that of the reference machine, if it is over the limit. */
export function atReferenceSpeed(milliseconds: number, limit = turnMillisecondsMax): number {
  return milliseconds <= limit ? milliseconds : milliseconds / slowdown()
}

const sample = JSON.stringify(Array.from({ length: 2_000 }, (_, number) => ({ id: `at-${number}`, number, on: true })))
const sampleRuns = 40
/** The CPU time of the known work in milliseconds on the machine for which the limits were chosen, when it does nothing else. */
const referenceMilliseconds = 20
const slowdownMax = 4

/** How many times the known work takes as long here and now as on the reference machine; from 1 to 4. */
function slowdown(): number {
  const before = process.threadCpuUsage()
  for (let run = 0; run < sampleRuns; run++) JSON.stringify(JSON.parse(sample))
  const { user, system } = process.threadCpuUsage(before)
  return Math.min(slowdownMax, Math.max(1, (user + system) / 1_000 / referenceMilliseconds))
}

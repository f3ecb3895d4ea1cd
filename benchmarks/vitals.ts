/** Resource usage that a server process reports to its parent. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface Vitals {
  /** CPU time of all threads since the process started. */
  readonly processorSeconds: number
  /** Resident memory of the whole process. */
  readonly bytes: number
  /** The longest time for which the event loop was held since the delays were last watched. */
  readonly longestDelayMilliseconds: number
}

export type Question = 'now' | 'after a garbage collection' | 'watch delays'

const samplingMilliseconds = 1

export const eventLoopDelays = () => monitorEventLoopDelay({ resolution: samplingMilliseconds })

/** Milliseconds. */
export const longestOf = ({ max }: ReturnType<typeof eventLoopDelays>): number =>
  Math.max(0, max / 1e6 - samplingMilliseconds)

/**
 * Sends the resource usage of this process on each message, after a garbage collection or with delays watched from now on if
 * requested. Exits with its parent.
 */
export function serveVitals(): void {
  const delays = eventLoopDelays()
  process.on('message', (question: Question) => {
    if (question === 'after a garbage collection') globalThis.gc?.()
    const { user, system } = process.cpuUsage()
    const vitals: Vitals = {
      processorSeconds: (user + system) / 1_000_000,
      bytes: process.memoryUsage.rss(),
      longestDelayMilliseconds: longestOf(delays),
    }
    if (question === 'watch delays') {
      delays.enable()
      delays.reset()
    } else delays.disable()
    process.send?.(vitals)
  })
  process.once('disconnect', () => process.exit())
}

/** Resource usage that a server process reports to its parent. */
export interface Vitals {
  /** CPU time of all threads since the process started. */
  readonly processorSeconds: number
  /** Resident memory of the whole process. */
  readonly bytes: number
}

/**
 * Sends the resource usage of this process on each message, after a garbage collection if requested. Exits with its
 * parent.
 */
export function serveVitals(): void {
  process.on('message', (question) => {
    if (question === 'after a garbage collection') globalThis.gc?.()
    const { user, system } = process.cpuUsage()
    const vitals: Vitals = { processorSeconds: (user + system) / 1_000_000, bytes: process.memoryUsage.rss() }
    process.send?.(vitals)
  })
  process.once('disconnect', () => process.exit())
}

/** What a server's process tells whoever started it. */
export interface Vitals {
  /** Of all its threads, since it started. */
  readonly processorSeconds: number
  /** Resident memory of the whole process. */
  readonly bytes: number
}

/** Answers with the vitals of this process when asked, after a garbage collection if that is wanted. Ends with its parent. */
export function tellVitals(): void {
  process.on('message', (question) => {
    if (question === 'after a garbage collection') globalThis.gc?.()
    const { user, system } = process.cpuUsage()
    const vitals: Vitals = { processorSeconds: (user + system) / 1_000_000, bytes: process.memoryUsage.rss() }
    process.send?.(vitals)
  })
  process.once('disconnect', () => process.exit())
}

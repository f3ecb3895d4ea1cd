export interface Coalesced {
  /** Starts the work, or makes the running work run once more. Resolves when no run is left. */
  request(): Promise<void>
  running(): Promise<void> | undefined
}

/** Never runs the work twice at the same time. However often it is requested during a run, it runs once more. */
export function coalesced(work: () => Promise<void>): Coalesced {
  let running: Promise<void> | undefined
  let isRequested = false
  const run = async () => {
    // Not before `running` is set.
    await Promise.resolve()
    try {
      while (isRequested) {
        isRequested = false
        await work()
      }
    } finally {
      // In the same turn as the last check, so that no request falls between.
      running = undefined
    }
  }
  return {
    request: () => {
      isRequested = true
      running ??= run()
      return running
    },
    running: () => running,
  }
}

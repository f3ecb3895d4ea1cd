/** Watches the files and the disk of the database, logs problems, and answers the readiness probe. */
import type { Logger } from 'pino'
import type { Database } from '../database/database.ts'

export interface StorageHealth {
  /** Whether a write would succeed. Tries one, at most once a second. */
  isReady(): Promise<boolean>
  /** Waits for running writes. */
  stop(): Promise<void>
}

const checkMilliseconds = 250
/** The number of checks between two log lines about the same problem. */
const checksBetweenReminders = 240
const probeMilliseconds = 1_000

export function watchStorage({ storage }: Database, logger: Logger): StorageHealth {
  // PostgreSQL manages its own disk. The replica's staleness shows whether it answers.
  if (!storage) return { isReady: async () => true, stop: async () => undefined }

  let [reported, checks] = [null as string | null, 0]
  const check = () => {
    const problem = storage.trouble() ?? spaceProblems[storage.space()]
    checks = problem === reported ? checks + 1 : 0
    if (problem !== null && checks % checksBetweenReminders === 0)
      logger.error({ reason: problem }, 'the storage has a problem')
    if (problem === null && reported !== null) logger.warn('the storage works again')
    reported = problem
    if (problem === null && checks % checksBetweenReminders === 0) keepReserve()
  }
  let keeping: Promise<void> | undefined
  const keepReserve = () => {
    keeping ??= storage
      .keepReserve()
      .catch((error: Error) =>
        logger.warn({ err: error.message }, 'the reserve file for a full disk could not be created'),
      )
      .finally(() => {
        keeping = undefined
      })
  }
  check()
  keepReserve()
  const timer = setInterval(check, checkMilliseconds)
  timer.unref()

  let [probedAt, probing] = [Number.NEGATIVE_INFINITY, undefined as Promise<boolean> | undefined]
  const probe = async () => {
    try {
      await storage.probe()
      probedAt = performance.now()
      return true
    } catch (error) {
      logger.error({ err: (error as Error).message }, 'the test write failed')
      return false
    } finally {
      probing = undefined
    }
  }
  return {
    isReady: async () => {
      if (storage.trouble() !== null || storage.space() === 'critical') return false
      if (performance.now() - probedAt < probeMilliseconds) return true
      probing ??= probe()
      return await probing
    },
    stop: async () => {
      clearInterval(timer)
      await keeping
    },
  }
}

const spaceProblems = {
  enough: null,
  short: 'the disk is short of space: creating is refused, revoking still works',
  critical: 'the disk is almost full: creating is refused, revoking works as long as possible',
} as const

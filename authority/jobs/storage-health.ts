/** Watches the files and the disk of the database, logs problems, and answers the readiness probe. */
import type { Logger } from 'pino'
import type { Database } from '../database/database.ts'

export interface StorageHealth {
  /** Whether a write would succeed. Tries one, at most once a second. */
  isReady(): Promise<boolean>
  /** Waits for running writes. */
  stop(): Promise<void>
}

const lookMilliseconds = 250
/** The number of checks between two log lines about the same problem. */
const looksBetweenReminders = 240
const probeMilliseconds = 1_000

export function watchStorage({ storage }: Database, logger: Logger): StorageHealth {
  // PostgreSQL manages its own disk. The replica's staleness shows whether it answers.
  if (!storage) return { isReady: async () => true, stop: async () => undefined }

  let [said, looks] = [null as string | null, 0]
  const look = () => {
    const wrong = storage.trouble() ?? sayings[storage.space()]
    looks = wrong === said ? looks + 1 : 0
    if (wrong !== null && looks % looksBetweenReminders === 0)
      logger.error({ reason: wrong }, 'the storage is in trouble')
    if (wrong === null && said !== null) logger.warn('the storage is in order again')
    said = wrong
    if (wrong === null && looks % looksBetweenReminders === 0) keepReserve()
  }
  let keeping: Promise<void> | undefined
  const keepReserve = () => {
    keeping ??= storage
      .keepReserve()
      .catch((error: Error) => logger.warn({ err: error.message }, 'the reserve for a full disk could not be kept'))
      .finally(() => {
        keeping = undefined
      })
  }
  look()
  keepReserve()
  const timer = setInterval(look, lookMilliseconds)
  timer.unref()

  let [probedAt, probing] = [Number.NEGATIVE_INFINITY, undefined as Promise<boolean> | undefined]
  const probe = async () => {
    try {
      await storage.probe()
      probedAt = performance.now()
      return true
    } catch (error) {
      logger.error({ err: (error as Error).message }, 'a change could not be written')
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

const sayings = {
  enough: null,
  short: 'the disk is short of space: nothing new is created, changes that revoke are taken',
  critical: 'the disk is almost full: nothing new is created, changes that revoke are taken as long as they can be',
} as const

/** Opens the replica and reports its events to operators: in the log, in the metrics and as audit events without an account. */
import type { Logger } from 'pino'
import { auditUnattended } from '../audit/audit.ts'
import type { World } from '../context.ts'
import { coalesced } from '../database/coalesced.ts'
import type { Database } from '../database/database.ts'
import { LiveReplica } from '../verdicts/live-replica.ts'
import type { ReplicaEvent } from '../verdicts/replica-event.ts'

const retryMilliseconds = 1_000

interface Options {
  readonly database: Database
  readonly world: World
  readonly logger: Logger
  readonly reconcileMilliseconds?: number
}

interface OpenedReplica {
  readonly replica: LiveReplica
  /** Uses the database's clock while this machine's clock differs too much. */
  readonly world: World
  /** Reports events to `count` from now on, starting with those that already happened. */
  countEventsWith(count: (event: string) => void): void
  /** Retries writing the pending audit events once. */
  close(): Promise<void>
}

/** Resolves when verdicts can be given. */
export async function openReplica(options: Options): Promise<OpenedReplica> {
  const watch = watchReplica(options)
  const { database, reconcileMilliseconds } = options
  const replica = new LiveReplica(database, { world: options.world, reconcileMilliseconds, onEvent: watch.onEvent })
  const startedAt = performance.now()
  await replica.start()
  void replica.loaded.then((areLoaded) => {
    if (!areLoaded) return
    const milliseconds = Math.round(performance.now() - startedAt)
    options.logger.info({ tokens: replica.tokens.size, milliseconds }, 'all tokens are in memory')
  })
  const world = { ...options.world, now: () => replica.clock?.now() ?? options.world.now() }
  const close = async () => {
    await replica.stop()
    await watch.stop()
  }
  return { replica, world, countEventsWith: watch.countEventsWith, close }
}

function watchReplica(options: Options) {
  const { logger } = options
  const { audit, stop } = openUnattendedAudit(options)
  const counted: string[] = []
  let count = (event: string): void => {
    counted.push(event)
  }
  let failures = 0

  const onEvent = (event: ReplicaEvent) => {
    count(event.kind)
    if (event.kind !== 'reload-failed') failures = 0
    switch (event.kind) {
      case 'database-replaced': {
        const { reason, sequence } = event
        logger.error({ reason, sequence }, 'the database was restored, replaced or restarted; reloading the replica')
        break
      }
      case 'reloaded': {
        const { reason, before, sequence } = event
        logger.warn({ reason, before, sequence }, 'the replica was reloaded')
        if (event.isOther) audit('installations.database-replaced', { reason, before, sequence })
        break
      }
      case 'reload-failed':
        // Retried every 200 ms; one log line is enough.
        if (failures++ === 0) logger.error({ err: event.error.message }, 'the replica could not be reloaded; retrying')
        break
      case 'healed':
        logger.error(event.differences, 'the replica differed from the database and was repaired')
        audit('installations.replica-healed', { ...event.differences })
        break
      case 'older-refused':
        logger.warn({ err: event.error.message }, 'a database response older than the replica was discarded')
        break
      case 'clock': {
        const { offset, isTrusted } = event
        const level = isTrusted ? 'info' : 'error'
        const text = isTrusted
          ? 'the clock agrees with the database again'
          : 'the clock differs from the database by more than 2 seconds; the clock of the database is used instead'
        logger[level]({ offsetMilliseconds: Math.round(offset) }, text)
      }
    }
  }
  return {
    onEvent,
    countEventsWith: (other: (event: string) => void) => {
      count = other
      for (const event of counted.splice(0)) other(event)
    },
    stop,
  }
}

/** Writes audit events without an actor. While the database is unavailable, they wait and are retried every second. */
function openUnattendedAudit({ database, world, logger }: Options) {
  const waiting: { action: string; after: Record<string, unknown> }[] = []

  const writeWaiting = async () => {
    while (waiting[0]) {
      const [{ action, after }] = waiting as [(typeof waiting)[number]]
      const event = { action, accountId: null, subjectType: 'installations', subjectId: null, after }
      await database.write((db) => auditUnattended({ db, world }, event))
      waiting.shift()
    }
  }
  const writing = coalesced(() =>
    writeWaiting().catch((error: Error) => logger.error({ err: error.message }, 'an audit event could not be written')),
  )
  const retrying = setInterval(() => {
    if (waiting.length > 0) void writing.request()
  }, retryMilliseconds)
  retrying.unref()

  return {
    audit: (action: string, after: Record<string, unknown>) => {
      waiting.push({ action, after })
      void writing.request()
    },
    stop: async () => {
      clearInterval(retrying)
      await writing.request()
    },
  }
}

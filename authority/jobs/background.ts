/** Background jobs: starts what is due and writes what was collected. */
import type { Logger } from 'pino'
import type { AuditLog } from '../audit/audit-log.ts'
import { countOverdue } from '../audit/seal.ts'
import type { World } from '../context.ts'
import type { Database } from '../database/database.ts'
import { continueRevocations } from '../tokens/revoke-many.ts'
import type { LiveReplica } from '../verdicts/live-replica.ts'
import { applyRetention } from './retention.ts'

interface Jobs {
  readonly logger: Logger
  trouble(what: string): (error: unknown) => void
  readonly auditLog: AuditLog
  beginDeliveries(): Promise<void>
  lookAtAlerts(): Promise<number>
  /** Returns the number of found tokens that it processed. */
  workOnFound(): Promise<number>
  writeRefusals(): Promise<void>
  /** Returns the number of notifications that it mailed. */
  sendMail(): Promise<number>
  writeCounts(): Promise<void>
  compareClocks(): Promise<void>
  readonly replica: Pick<LiveReplica, 'afterWrite' | 'fresh'>
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** Returns a function that stops the jobs and waits for the running ones. */
export function startBackground(database: Database, world: World, jobs: Jobs): () => Promise<void> {
  const { logger, trouble, auditLog } = jobs
  const processFoundTokens = async () => {
    while ((await jobs.workOnFound()) > 0);
  }
  const reportOverdue = async () => {
    const overdue = await countOverdue(database.read, world.now())
    if (overdue > 0) logger.error({ rows: overdue }, 'audit rows are not sealed after a minute')
  }
  const stopping = new AbortController()
  const revokePending = () =>
    continueRevocations(database, world, async () => {
      await jobs.replica.afterWrite()
      // On SQLite the next verdict would otherwise have to read the changes of all slices.
      await jobs.replica.fresh(0)
      return !stopping.signal.aborted
    })
  const running = [
    repeat(second, jobs.beginDeliveries, trouble('notifications could not be sent')),
    repeat(second, processFoundTokens, trouble('found tokens could not be processed')),
    repeat(second, async () => void (await jobs.lookAtAlerts()), trouble('alerts could not be processed')),
    repeat(second / 2, async () => void (await auditLog.seal()), trouble('audit rows could not be sealed')),
    repeat(auditLog.anchorMinutes * minute, auditLog.anchor, trouble('the audit log could not be anchored')),
    repeat(hour, auditLog.purge, trouble('old audit events could not be purged')),
    repeat(second, revokePending, trouble('tokens could not be revoked')),
    repeat(minute, reportOverdue, trouble('audit rows could not be counted')),
    repeat(hour, () => applyRetention(database, world, stopping.signal), trouble('old rows could not be purged')),
    repeat(2 * second, async () => void (await jobs.sendMail()), trouble('notifications could not be mailed')),
    repeat(minute, jobs.writeRefusals, trouble('refusals could not be written')),
    repeat(10 * second, jobs.writeCounts, trouble('counts could not be written')),
    repeat(minute, jobs.compareClocks, trouble('the clocks of the nodes could not be compared')),
  ]
  return async () => {
    stopping.abort()
    for (const stop of running) await stop()
  }
}

/**
 * Runs `work` repeatedly, never concurrently. Long intervals start with a first run after a minute, because a server may be
 * restarted more often than the interval. Returns a function that stops it and waits for the current run.
 */
function repeat(
  milliseconds: number,
  work: () => Promise<void>,
  onTrouble: (error: unknown) => void,
): () => Promise<void> {
  let running: Promise<void> | undefined
  const turn = () => {
    running ??= work()
      .catch(onTrouble)
      .finally(() => {
        running = undefined
      })
  }
  const timers = [setInterval(turn, milliseconds)]
  if (milliseconds > minute) timers.push(setTimeout(turn, minute))
  for (const timer of timers) timer.unref()
  return async () => {
    for (const timer of timers) clearTimeout(timer)
    await running
  }
}

/** Composes background work: deliveries, jobs, and flushing data collected in memory. */
import type { AppOptions } from './app-options.ts'
import type { AuditLog } from './audit/audit-log.ts'
import type { Refusals } from './audit/refusals.ts'
import type { Vault, World } from './context.ts'
import { startBackground } from './jobs/background.ts'
import type { Counts } from './metrics/counts.ts'
import { deliverNotifications } from './notifications/deliver.ts'
import { mailNotifications } from './notifications/mail-notifications.ts'
import type { Leaks } from './open-leaks.ts'
import type { SendMail } from './outbound/mail.ts'
import type { Failures } from './sign-in/failures.ts'
import type { Usage } from './tokens/activity/collect-usage.ts'
import { compareClocks } from './verdicts/clocks/compare-clocks.ts'
import type { VerdictCounts } from './verdicts/counts/count-verdicts.ts'
import type { LiveReplica } from './verdicts/live-replica.ts'

interface Dependencies {
  readonly world: World
  readonly vault: Vault
  readonly replica: LiveReplica
  readonly auditLog: AuditLog
  readonly counts: Counts
  readonly usage: Usage
  readonly refusals: Refusals
  readonly failures: Failures
  readonly verdictCounts: VerdictCounts
  readonly leaks: Leaks
  readonly mail: SendMail | null
  trouble(what: string): (error: unknown) => void
}

export interface Background {
  /** Flushes all data collected in memory, and seals the audit log. */
  flush(): Promise<void>
  /** Sends all pending notifications. */
  deliver(): Promise<void>
  /** Stops all work and flushes. */
  stop(): Promise<void>
}

export function openBackground(options: AppOptions, parts: Dependencies): Background {
  const { database, logger } = options
  const { world, replica, auditLog, usage, refusals, failures, verdictCounts, leaks, mail, trouble } = parts
  const sendMail = async () => (mail ? mailNotifications(database, world, mail) : 0)
  const writeRefusals = () => refusals.flush().then(failures.flush)
  const deliveries = deliverNotifications({
    database,
    world,
    vault: parts.vault,
    allowPrivate: options.allowPrivateWebhooks,
    timeoutMilliseconds: options.webhookMilliseconds,
    onEnd: parts.counts.notificationSent,
    onFailure: (failure) => logger.warn(failure, 'a notification could not be delivered'),
    onTrouble: trouble('a notification could not be sent'),
  })
  const stopJobs = startBackground(database, world, {
    logger,
    replica,
    trouble,
    auditLog,
    beginDeliveries: deliveries.begin,
    lookAtAlerts: leaks.lookAtAlerts,
    workOnFound: leaks.queue.workLeft,
    writeRefusals,
    sendMail,
    writeCounts: verdictCounts.flush,
    compareClocks: compareClocks({ database, world, logger, clock: replica.clock }),
  })
  const flush = async () => {
    await usage.flush()
    await writeRefusals()
    await verdictCounts.flush()
    while ((await auditLog.seal()) > 0);
  }
  return {
    flush,
    deliver: async () => {
      await sendMail()
      await deliveries.begin()
      await deliveries.settled()
    },
    stop: async () => {
      await leaks.queue.stop()
      await stopJobs()
      await deliveries.stop()
      await usage.stop().catch(trouble('last-used times could not be written'))
      await flush().then(auditLog.anchor).catch(trouble('not everything could be written'))
    },
  }
}

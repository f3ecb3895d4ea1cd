/** Records the outcome of a delivery attempt: delivered, retried, given up, or webhook disabled. */
import { auditUnattended } from '../audit/audit.ts'
import type { Context, World } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'
import { attemptsMax, nextAttempt } from '../outbound/schedule.ts'
import { circuitOpenUntil } from './circuit-breaker.ts'
import { giveUpPending, writeOutcome } from './delivery-store.ts'
import { countFailure, disableWebhook, updateWebhook } from './notification-store.ts'
import { notify } from './notify.ts'
import type { SendResult } from './send.ts'

export interface Attempt {
  readonly id: string
  readonly number: number
  readonly webhookId: string
  readonly notificationId: string
  readonly accountId: string
  /** Whether the attempt tests a webhook whose circuit is open. */
  readonly isProbe: boolean
  /** Consecutive failures of the webhook when the attempt started. */
  readonly failuresBefore: number
}

type WebhookOutcome = Partial<Tables['webhooks']>
type NotifyContext = Pick<Context, 'db' | 'world'>

export async function recordAttempt(
  database: Database,
  world: World,
  attempt: Attempt,
  result: SendResult,
): Promise<void> {
  const now = world.now()
  if ('failure' in result && result.failure === 'stopped') {
    await database.withoutTransaction((db) =>
      writeOutcome(db, attempt.id, attempt.number, { attempt: attempt.number - 1, dueAt: now.toISOString() }),
    )
    return
  }
  const lastStatus = 'status' in result ? result.status : null
  const failure = 'failure' in result ? result.failure : isAccepted(result.status) ? null : 'status'
  const seen = { lastFailure: failure, ...(lastStatus === null ? {} : { lastStatus }) }
  const attemptedAt = now.toISOString()
  const retryAfter = 'retryAfter' in result ? result.retryAfter : null
  const next = lastStatus === 410 ? null : nextAttempt(world, attempt.number, retryAfter)
  const circuit = {
    isProbe: attempt.isProbe,
    until: circuitOpenUntil(world, attempt.isProbe ? attempt.failuresBefore : 0, retryAfter),
  }
  // Mostly outside of a transaction, so that these frequent updates do not conflict with transactions that read the webhooks.
  if (failure === null) {
    await database.withoutTransaction(async (db) => {
      await writeOutcome(db, attempt.id, attempt.number, { deliveredAt: attemptedAt, lastStatus })
      await updateWebhook(db, attempt.webhookId, {
        ...seen,
        lastAttemptAt: attemptedAt,
        lastDeliveredAt: attemptedAt,
        failures: 0,
        circuitOpenUntil: null,
      })
    })
  } else if (next) {
    await database.withoutTransaction(async (db) => {
      await writeOutcome(db, attempt.id, attempt.number, { dueAt: next.toISOString(), lastStatus })
      await updateWebhook(db, attempt.webhookId, { ...seen, lastAttemptAt: attemptedAt })
      await countFailure(db, attempt.webhookId, circuit)
    })
  } else {
    await database.write((db) => giveUp({ db, world }, attempt, seen, circuit))
  }
}

export const isAccepted = (status: number) => status >= 200 && status < 300

/** Gives up the delivery, and disables its webhook on 410 or if all its attempts in a row failed. */
async function giveUp(
  context: NotifyContext,
  attempt: Attempt,
  seen: WebhookOutcome,
  circuit: Parameters<typeof countFailure>[2],
): Promise<void> {
  const { db, world } = context
  const now = world.now().toISOString()
  await updateWebhook(db, attempt.webhookId, { ...seen, lastAttemptAt: now })
  const failures = (await countFailure(db, attempt.webhookId, circuit)) ?? attempt.failuresBefore
  const { lastStatus = null } = seen
  if (!(await writeOutcome(db, attempt.id, attempt.number, { givenUpAt: now, lastStatus }))) return
  if (lastStatus !== 410)
    await auditWebhook(context, 'delivery-given-up', attempt, {
      notification: attempt.notificationId,
      attempts: attempt.number,
      ...seen,
    })
  // Attempts lost to crashes say nothing about the receiver, so the consecutive failures of the webhook decide.
  if (lastStatus === 410 || failures >= attemptsMax) await disable(context, attempt, seen)
}

/** Disables the webhook, audits it, and notifies the account in its feed and by its other webhooks. */
async function disable(context: NotifyContext, attempt: Attempt, seen: WebhookOutcome): Promise<void> {
  const { db, world } = context
  const pending = await giveUpPending(db, attempt.webhookId, world.now().toISOString())
  // Concurrent attempts may fail at the same time; only the first one notifies.
  if (!(await disableWebhook(db, attempt.webhookId))) return
  const status = seen.lastStatus ?? null
  await auditWebhook(context, 'disabled', attempt, {
    status,
    failure: seen.lastFailure,
    notification: attempt.notificationId,
    givenUp: pending + 1,
  })
  await notify(context, {
    kind: 'webhook.disabled',
    accountId: attempt.accountId,
    ownerKind: null,
    ownerId: null,
    subjectType: 'webhooks',
    subjectId: attempt.webhookId,
    data: { 'last-status': status, 'last-failure': seen.lastFailure, 'given-up': pending + 1 },
  })
}

function auditWebhook(
  context: NotifyContext,
  verb: string,
  attempt: Attempt,
  after: Record<string, unknown>,
): Promise<void> {
  return auditUnattended(context, {
    action: `webhooks.${verb}`,
    accountId: attempt.accountId,
    subjectType: 'webhooks',
    subjectId: attempt.webhookId,
    after,
  })
}

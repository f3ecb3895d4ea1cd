/** What follows from an attempt: taken, tried again, given up, or the webhook disabled. */
import { auditUnattended } from '../audit/audit.ts'
import type { Context, World } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'
import { attemptsMax, nextAttempt } from '../outbound/schedule.ts'
import { circuitOpenUntil } from './circuit-breaker.ts'
import { giveUpWaiting, writeEnding } from './delivery-store.ts'
import { countFailure, disableWebhook, updateWebhook } from './notification-store.ts'
import { notify } from './notify.ts'
import type { Answered } from './send.ts'

export interface Attempt {
  readonly id: string
  readonly number: number
  readonly webhookId: string
  readonly notificationId: string
  readonly accountId: string
  /** Whether it was sent to see if a webhook that rests is back. */
  readonly isTrial: boolean
  /** Of the webhook in a row, when this was begun. */
  readonly failuresBefore: number
}

type Seen = Partial<Tables['webhooks']>
type Teller = Pick<Context, 'db' | 'world'>

export async function endAttempt(database: Database, world: World, of: Attempt, answered: Answered): Promise<void> {
  const now = world.now()
  if ('failure' in answered && answered.failure === 'stopped') {
    await database.withoutTransaction((db) =>
      writeEnding(db, of.id, of.number, { attempt: of.number - 1, dueAt: now.toISOString() }),
    )
    return
  }
  const lastStatus = 'status' in answered ? answered.status : null
  const failure = 'failure' in answered ? answered.failure : isTaken(answered.status) ? null : 'status'
  const seen = { lastFailure: failure, ...(lastStatus === null ? {} : { lastStatus }) }
  const retryAfter = 'retryAfter' in answered ? answered.retryAfter : null
  const next = lastStatus === 410 ? null : nextAttempt(world, of.number, retryAfter)
  const failing = {
    isTrial: of.isTrial,
    until: circuitOpenUntil(world, of.isTrial ? of.failuresBefore : 0, retryAfter),
  }
  // Mostly no deed, so that those who read which webhooks there are do not meet what changes with every answer.
  if (failure === null) {
    const deliveredAt = now.toISOString()
    await database.withoutTransaction(async (db) => {
      await writeEnding(db, of.id, of.number, { deliveredAt, lastStatus })
      await updateWebhook(db, of.webhookId, {
        ...seen,
        lastDeliveredAt: deliveredAt,
        failures: 0,
        circuitOpenUntil: null,
      })
    })
  } else if (next) {
    await database.withoutTransaction(async (db) => {
      await writeEnding(db, of.id, of.number, { dueAt: next.toISOString(), lastStatus })
      await updateWebhook(db, of.webhookId, seen)
      await countFailure(db, of.webhookId, failing)
    })
  } else {
    await database.write((db) => giveUp({ db, world }, of, seen, failing))
  }
}

export const isTaken = (status: number) => status >= 200 && status < 300

/** The last attempt of a delivery, and the end of its webhook when that is gone or has taken nothing meanwhile. */
async function giveUp(
  teller: Teller,
  of: Attempt,
  seen: Seen,
  failing: Parameters<typeof countFailure>[2],
): Promise<void> {
  const { db, world } = teller
  await updateWebhook(db, of.webhookId, seen)
  const failures = (await countFailure(db, of.webhookId, failing)) ?? of.failuresBefore
  const { lastStatus = null } = seen
  if (!(await writeEnding(db, of.id, of.number, { givenUpAt: world.now().toISOString(), lastStatus }))) return
  if (lastStatus !== 410)
    await tell(teller, 'delivery-given-up', of, { notification: of.notificationId, attempts: of.number, ...seen })
  // What was lost each time says nothing about the receiver, so it is the failures in a row that count.
  if (lastStatus === 410 || failures >= attemptsMax) await disable(teller, of, seen)
}

/** Told in the log and to the account, for nothing is sent there any more: the feed, and its other webhooks. */
async function disable(teller: Teller, of: Attempt, seen: Seen): Promise<void> {
  const { db, world } = teller
  const waiting = await giveUpWaiting(db, of.webhookId, world.now().toISOString())
  // Several may have been on their way at once.
  if (!(await disableWebhook(db, of.webhookId))) return
  const status = seen.lastStatus ?? null
  await tell(teller, 'disabled', of, {
    status,
    failure: seen.lastFailure,
    notification: of.notificationId,
    givenUp: waiting + 1,
  })
  await notify(teller, {
    kind: 'webhook.disabled',
    accountId: of.accountId,
    ownerKind: null,
    ownerId: null,
    subjectType: 'webhooks',
    subjectId: of.webhookId,
    data: { 'last-status': status, 'last-failure': seen.lastFailure, 'given-up': waiting + 1 },
  })
}

function tell(teller: Teller, deed: string, of: Attempt, after: Record<string, unknown>): Promise<void> {
  return auditUnattended(teller, {
    action: `webhooks.${deed}`,
    accountId: of.accountId,
    subjectType: 'webhooks',
    subjectId: of.webhookId,
    after,
  })
}

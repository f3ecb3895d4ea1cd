/**
 * Sends queued deliveries at least once. Failed deliveries are retried by schedule, and a delivery that a crashed node had
 * claimed becomes due again when its claim expires. Receivers recognize repetitions by `webhook-id`.
 */

import type { WebhookFailure } from '@mintmark/contract'
import { coalesced } from '../database/coalesced.ts'
import { attemptsMax } from '../outbound/schedule.ts'
import {
  claimDelivery,
  type Delivery,
  type Due,
  findDelivery,
  findProbe,
  listDue,
  listOpenCircuits,
} from './delivery-store.ts'
import { claimProbe, deleteOldSecrets, hasOldSecrets } from './notification-store.ts'
import { type Attempt, isAccepted, recordAttempt } from './record-attempt.ts'
import type { SendResult } from './send.ts'
import { sendByWebhook, type WebhookChannel } from './send-by-webhook.ts'

export interface DeliverOptions extends WebhookChannel {
  readonly onEnd: (outcome: 'taken' | WebhookFailure) => void
  readonly onFailure: (failure: Readonly<Record<string, unknown>>) => void
  readonly onTrouble: (error: unknown) => void
}

export interface Deliveries {
  /** Starts due deliveries, up to the limits. The rest follows when running ones finish. */
  begin(): Promise<void>
  /** Resolves when no delivery is running or due. */
  settled(): Promise<void>
  /** Aborts running deliveries. They are due again at once and do not count as attempts. */
  stop(): Promise<void>
}

const sendingMax = 64
/** A limit per webhook, so that a receiver that does not respond cannot delay others. */
const sendingPerWebhookMax = 4
/** The time after which another node may take over an attempt. It is longer than any attempt takes. */
const claimMilliseconds = 60_000

export function deliverNotifications(options: DeliverOptions): Deliveries {
  const { database, world, onTrouble } = options
  const stopping = new AbortController()
  const sending = new Map<string, { webhookId: string; work: Promise<void> }>()
  const isBusy = (webhookId: string) =>
    [...sending.values()].filter((each) => each.webhookId === webhookId).length >= sendingPerWebhookMax

  /** Resolves to whether it started any delivery, in which case more may be due. */
  const startSome = async (): Promise<boolean> => {
    const free = sendingMax - sending.size
    if (free <= 0 || stopping.signal.aborted) return false
    const busy = [...new Set([...sending.values()].map(({ webhookId }) => webhookId))].filter(isBusy)
    let isAny = false
    for (const each of await listDue(database.read, world.now().toISOString(), busy, free)) {
      if (sending.has(each.id) || isBusy(each.webhookId)) continue
      isAny = (await start(each)) || isAny
    }
    return isAny
  }

  /** Sends one probe to each webhook whose circuit is half-open. Its outcome closes or reopens the circuit. */
  const startProbes = async () => {
    const now = world.now().toISOString()
    for (const webhook of await listOpenCircuits(database.read, now, sendingMax)) {
      if (sending.size >= sendingMax || stopping.signal.aborted) return
      const due = await findProbe(database.read, webhook.id, now)
      if (!due || sending.has(due.id)) continue
      if (await database.withoutTransaction((db) => claimProbe(db, webhook, claimEnd()))) await start(due, true)
    }
  }

  const claimEnd = () => new Date(world.now().getTime() + claimMilliseconds).toISOString()

  const start = async (due: Due, isProbe = false): Promise<boolean> => {
    if (!(await database.withoutTransaction((db) => claimDelivery(db, due, claimEnd())))) return false
    const work = attemptDelivery(options, { ...due, isProbe }, stopping.signal).catch(onTrouble)
    sending.set(due.id, { webhookId: due.webhookId, work: work.then(() => finish(due.id)) })
    return true
  }

  const finish = (id: string) => {
    sending.delete(id)
    starting.request().catch(onTrouble)
  }

  const starting = coalesced(async () => {
    const now = world.now().toISOString()
    if (await hasOldSecrets(database.read, now)) await database.withoutTransaction((db) => deleteOldSecrets(db, now))
    await startProbes()
    while (await startSome());
  })

  const settled = async () => {
    while (starting.running() || sending.size > 0)
      await Promise.allSettled([starting.running(), ...[...sending.values()].map(({ work }) => work)])
  }

  return {
    begin: starting.request,
    settled,
    stop: async () => {
      stopping.abort()
      await settled()
    },
  }
}

async function attemptDelivery(
  options: DeliverOptions,
  due: Due & { isProbe: boolean },
  stop: AbortSignal,
): Promise<void> {
  const { database, world } = options
  const delivery = await findDelivery(database.read, due.id)
  if (!delivery) return
  const attempt: Attempt = {
    id: due.id,
    number: due.attempt + 1,
    webhookId: delivery.webhookId,
    notificationId: delivery.notificationId,
    accountId: delivery.accountId,
    isProbe: due.isProbe,
    failuresBefore: delivery.failures,
  }
  const result = await trySend(options, attempt, delivery, stop)
  await recordAttempt(database, world, attempt, result)
  const outcome = outcomeOf(result)
  if (outcome === 'stopped') return
  options.onEnd(outcome)
  if (outcome === 'taken') return
  options.onFailure({
    webhook: attempt.webhookId,
    notification: attempt.notificationId,
    attempt: attempt.number,
    ...result,
  })
}

const outcomeOf = (result: SendResult) =>
  'failure' in result ? result.failure : isAccepted(result.status) ? 'taken' : 'status'

async function trySend(
  options: DeliverOptions,
  { number, isProbe }: Attempt,
  delivery: Delivery,
  stop: AbortSignal,
): Promise<SendResult> {
  // Every attempt was claimed, and the node crashed before it recorded an outcome.
  if (number > attemptsMax) return { failure: 'unreachable', why: 'no attempt was completed' }
  if (delivery.circuitOpenUntil !== null && !isProbe)
    return { failure: 'stopped', why: 'the circuit of its webhook opened' }
  return sendByWebhook(options, delivery, stop)
}

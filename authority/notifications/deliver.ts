/**
 * Sends what waits in the queue, at least once each: what was not taken is tried again by schedule, and what a node
 * began before it was lost falls due again when its claim runs out. Receivers know a repetition by its `webhook-id`.
 */

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
import { type Attempt, endAttempt, isTaken } from './end-attempt.ts'
import { claimProbe, deleteOldSecrets, hasOldSecrets } from './notification-store.ts'
import type { Answered } from './send.ts'
import { sendByWebhook, type WebhookChannel } from './send-by-webhook.ts'

export interface DeliverOptions extends WebhookChannel {
  readonly onEnd: (outcome: 'taken' | 'status' | 'timeout' | 'unreachable') => void
  readonly onFailure: (failure: Readonly<Record<string, unknown>>) => void
  readonly onTrouble: (error: unknown) => void
}

export interface Deliveries {
  /** Begins what is due, as far as there is room; the rest follows as answers come in. */
  begin(): Promise<void>
  /** Resolves when nothing is being sent and nothing is left that is due. */
  settled(): Promise<void>
  /** Cuts short what is being sent; it is due again at once, for the next node. */
  stop(): Promise<void>
}

const sendingMax = 64
/** A receiver that does not answer holds up no other. */
const sendingPerWebhookMax = 4
/** How long an attempt may take with all that belongs to it. Then another node may take it for lost. */
const claimMilliseconds = 60_000

export function deliverNotifications(options: DeliverOptions): Deliveries {
  const { database, world, onTrouble } = options
  const stopping = new AbortController()
  const sending = new Map<string, { webhookId: string; work: Promise<void> }>()
  let beginning: Promise<void> | undefined
  let isWanted = false
  const busy = (webhookId: string) =>
    [...sending.values()].filter((each) => each.webhookId === webhookId).length >= sendingPerWebhookMax

  /** Tells whether it took any: as long as it does there may be more. */
  const beginSome = async (): Promise<boolean> => {
    const room = sendingMax - sending.size
    if (room <= 0 || stopping.signal.aborted) return false
    const full = [...new Set([...sending.values()].map(({ webhookId }) => webhookId))].filter(busy)
    let taken = false
    for (const each of await listDue(database.read, world.now().toISOString(), full, room)) {
      if (sending.has(each.id) || busy(each.webhookId)) continue
      taken = (await start(each)) || taken
    }
    return taken
  }

  /** To each webhook whose rest is over, one delivery: how that ends decides about the others. */
  const beginTrials = async () => {
    const now = world.now().toISOString()
    for (const webhook of await listOpenCircuits(database.read, now, sendingMax)) {
      if (sending.size >= sendingMax || stopping.signal.aborted) return
      const due = await findProbe(database.read, webhook.id, now)
      if (!due || sending.has(due.id)) continue
      if (await database.withoutTransaction((db) => claimProbe(db, webhook, claimEnd()))) await start(due, true)
    }
  }

  const claimEnd = () => new Date(world.now().getTime() + claimMilliseconds).toISOString()

  const start = async (due: Due, isTrial = false): Promise<boolean> => {
    if (!(await database.withoutTransaction((db) => claimDelivery(db, due, claimEnd())))) return false
    const work = attempt(options, { ...due, isTrial }, stopping.signal).catch(onTrouble)
    sending.set(due.id, { webhookId: due.webhookId, work: work.then(() => leave(due.id)) })
    return true
  }

  /** Makes room, and fills it. */
  const leave = (id: string) => {
    sending.delete(id)
    begin().catch(onTrouble)
  }

  const begin = (): Promise<void> => {
    isWanted = true
    beginning ??= beginAll().finally(() => {
      beginning = undefined
    })
    return beginning
  }

  const beginAll = async () => {
    // Whoever asks while this runs is heard: what they saw end may have come after the last look.
    while (isWanted) {
      isWanted = false
      const now = world.now().toISOString()
      if (await hasOldSecrets(database.read, now)) await database.withoutTransaction((db) => deleteOldSecrets(db, now))
      await beginTrials()
      while (await beginSome());
    }
  }

  const settled = async () => {
    while (beginning || sending.size > 0)
      await Promise.allSettled([beginning, ...[...sending.values()].map(({ work }) => work)])
  }

  return {
    begin,
    settled,
    stop: async () => {
      stopping.abort()
      await settled()
    },
  }
}

async function attempt(options: DeliverOptions, due: Due & { isTrial: boolean }, stop: AbortSignal): Promise<void> {
  const { database, world } = options
  const delivery = await findDelivery(database.read, due.id)
  if (!delivery) return
  const of: Attempt = {
    id: due.id,
    number: due.attempt + 1,
    webhookId: delivery.webhookId,
    notificationId: delivery.notificationId,
    accountId: delivery.accountId,
    isTrial: due.isTrial,
    failuresBefore: delivery.failures,
  }
  const answered = await answerTo(options, of, delivery, stop)
  await endAttempt(database, world, of, answered)
  const outcome = outcomeOf(answered)
  if (outcome === 'stopped') return
  options.onEnd(outcome)
  if (outcome === 'taken') return
  options.onFailure({ webhook: of.webhookId, notification: of.notificationId, attempt: of.number, ...answered })
}

const outcomeOf = (answered: Answered) =>
  'failure' in answered ? answered.failure : isTaken(answered.status) ? 'taken' : 'status'

async function answerTo(
  options: DeliverOptions,
  { number, isTrial }: Attempt,
  delivery: Delivery,
  stop: AbortSignal,
): Promise<Answered> {
  // Begun as often as may be, and each time lost before its end could be written.
  if (number > attemptsMax) return { failure: 'unreachable', why: 'every attempt was lost' }
  if (delivery.circuitOpenUntil !== null && !isTrial) return { failure: 'stopped', why: 'its receiver rests since' }
  return sendByWebhook(options, delivery, stop)
}

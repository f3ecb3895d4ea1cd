/**
 * Sends what waits in the queue, at least once each: what was not taken is tried again by schedule, and what a node
 * began before it was lost falls due again when its claim runs out. Receivers know a repetition by its `webhook-id`.
 */
import type { Vault, World } from '../context.ts'
import type { Database } from '../database/database.ts'
import { attemptsMax } from '../outbound/schedule.ts'
import { claimDelivery, type Delivery, type Due, findDelivery, listDue } from './delivery-store.ts'
import { type Attempt, endAttempt } from './end-attempt.ts'
import { messageOf } from './message.ts'
import { deleteOldSecrets, hasOldSecrets } from './notice-store.ts'
import { type Answered, send } from './send.ts'
import { openKeys } from './webhook-secret.ts'

export interface DeliverOptions {
  readonly database: Database
  readonly world: World
  readonly vault: Vault
  /** Whether a webhook may lead to private addresses and to this machine. */
  readonly allowPrivate?: boolean | undefined
  readonly timeoutMilliseconds?: number | undefined
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
const timeoutMilliseconds = 15_000
/** How long an attempt may take with all that belongs to it. Then another node may take it for lost. */
const claimMilliseconds = 60_000

export function deliverNotices(options: DeliverOptions): Deliveries {
  const { database, world, onTrouble } = options
  const stopping = new AbortController()
  const sending = new Map<string, { webhookId: string; work: Promise<void> }>()
  let beginning: Promise<void> | undefined
  const busy = (webhookId: string) =>
    [...sending.values()].filter((each) => each.webhookId === webhookId).length >= sendingPerWebhookMax

  /** Tells whether it took any: as long as it does there may be more. */
  const beginSome = async (): Promise<boolean> => {
    const room = sendingMax - sending.size
    if (room <= 0 || stopping.signal.aborted) return false
    const now = world.now()
    const full = [...new Set([...sending.values()].map(({ webhookId }) => webhookId))].filter(busy)
    const due = await listDue(database.read, now.toISOString(), full, room)
    const until = new Date(now.getTime() + claimMilliseconds).toISOString()
    let taken = false
    for (const each of due) {
      if (sending.has(each.id) || busy(each.webhookId)) continue
      if (!(await database.bare((db) => claimDelivery(db, each, until)))) continue
      taken = true
      const work = attempt(options, each, stopping.signal).catch(onTrouble)
      sending.set(each.id, { webhookId: each.webhookId, work: work.then(() => leave(each.id)) })
    }
    return taken
  }

  /** Makes room, and fills it. */
  const leave = (id: string) => {
    sending.delete(id)
    begin().catch(onTrouble)
  }

  const begin = (): Promise<void> => {
    beginning ??= beginAll().finally(() => {
      beginning = undefined
    })
    return beginning
  }

  const beginAll = async () => {
    const now = world.now().toISOString()
    if (await hasOldSecrets(database.read, now)) await database.bare((db) => deleteOldSecrets(db, now))
    while (await beginSome());
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

async function attempt(options: DeliverOptions, due: Due, stop: AbortSignal): Promise<void> {
  const { database, world } = options
  const delivery = await findDelivery(database.read, due.id)
  if (!delivery) return
  const of: Attempt = {
    id: due.id,
    number: due.attempt + 1,
    webhookId: delivery.webhookId,
    noticeId: delivery.noticeId,
    accountId: delivery.accountId,
  }
  // Begun as often as may be, and each time lost before its end could be written.
  const answered: Answered =
    of.number > attemptsMax
      ? { failure: 'unreachable', why: 'every attempt was lost' }
      : await sendSigned(options, delivery, stop)
  await endAttempt(database, world, of, answered)
  if (!('status' in answered && answered.status < 300) && !stop.aborted)
    options.onFailure({ webhook: of.webhookId, notice: of.noticeId, attempt: of.number, ...answered })
}

async function sendSigned(
  { database, world, vault, ...options }: DeliverOptions,
  delivery: Delivery,
  stop: AbortSignal,
): Promise<Answered> {
  const at = world.now()
  const place = { db: database.read, vault, accountId: delivery.accountId, id: delivery.webhookId }
  const keys = await openKeys(place, delivery, at)
  const message = messageOf(delivery, keys, at)
  for (const key of keys) key.fill(0)
  return send(new URL(delivery.url), message, {
    stop,
    allowPrivate: options.allowPrivate ?? false,
    timeoutMilliseconds: options.timeoutMilliseconds ?? timeoutMilliseconds,
  })
}

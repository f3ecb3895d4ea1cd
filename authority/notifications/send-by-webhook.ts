/**
 * The one channel by which notices leave. A channel takes a delivery and tells how that went; the queue in deliver.ts
 * decides what is tried again, rests or is given up. A second one, such as mail, is a file beside this and a choice in
 * `attempt` of deliver.ts by what kind of receiver the delivery is for.
 */
import type { Vault, World } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { Delivery } from './delivery-store.ts'
import { messageOf } from './message.ts'
import { type Answered, send } from './send.ts'
import { openKeys } from './webhook-secret.ts'

export interface WebhookChannel {
  readonly database: Database
  readonly world: World
  readonly vault: Vault
  /** Whether a webhook may lead to private addresses and to this machine. */
  readonly allowPrivate?: boolean | undefined
  readonly timeoutMilliseconds?: number | undefined
}

const timeoutMilliseconds = 15_000

export async function sendByWebhook(
  { database, world, vault, ...options }: WebhookChannel,
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

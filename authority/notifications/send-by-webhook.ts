/**
 * Sends a delivery by webhook, the only channel so far. A channel returns the result; deliver.ts decides about retries and the
 * circuit breaker. To add a channel, write a file like this one and select it in `trySend` of deliver.ts.
 */
import type { Vault, World } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { Delivery } from './delivery-store.ts'
import { messageOf } from './message.ts'
import { type SendResult, send } from './send.ts'
import { openKeys } from './webhook-secret.ts'

export interface WebhookChannel {
  readonly database: Database
  readonly world: World
  readonly vault: Vault
  /** Whether webhooks may use private addresses and this machine. */
  readonly allowPrivate?: boolean | undefined
  readonly timeoutMilliseconds?: number | undefined
}

const timeoutMilliseconds = 15_000

export async function sendByWebhook(
  { database, world, vault, ...options }: WebhookChannel,
  delivery: Delivery,
  stop: AbortSignal,
): Promise<SendResult> {
  const at = world.now()
  const location = { db: database.read, vault, accountId: delivery.accountId, id: delivery.webhookId }
  const keys = await openKeys(location, delivery, at)
  const message = messageOf(delivery, keys, at)
  for (const key of keys) key.fill(0)
  return send(new URL(delivery.url), message, {
    stop,
    allowPrivate: options.allowPrivate ?? false,
    timeoutMilliseconds: options.timeoutMilliseconds ?? timeoutMilliseconds,
  })
}

/** Builds the signed request of a delivery (Standard Webhooks 1.0.0). The body and the ID are the same in every attempt. */
import { Webhook } from 'standardwebhooks'
import type { Delivery } from './delivery-store.ts'

export interface Message {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const bodyBytesMax = 20_000
const ownerTypes: Readonly<Record<string, string>> = {
  user: 'users',
  'service-account': 'service-accounts',
  'agent-pool': 'agent-pools',
}

export function messageOf(delivery: Delivery, keys: readonly Uint8Array[], at: Date): Message {
  const id = `${delivery.notificationId}_${delivery.webhookId}`
  const body = bodyOf(delivery)
  const signatures = keys.map((key) => new Webhook(key, { format: 'raw' }).sign(id, at, body))
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'mintmark',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': signatures.join(' '),
    },
    body,
  }
}

function bodyOf(delivery: Delivery): string {
  const { kind, at, notificationId, accountId, ownerKind, ownerId, subjectType, subjectId } = delivery
  const owner = ownerKind === null ? null : { type: ownerTypes[ownerKind] ?? ownerKind, id: ownerId }
  const data = {
    notification: notificationId,
    account: accountId,
    owner,
    subject: { type: subjectType, id: subjectId },
  }
  const full = JSON.stringify({ type: kind, timestamp: at, data: { ...data, details: JSON.parse(delivery.data) } })
  if (Buffer.byteLength(full) < bodyBytesMax) return full
  // The receiver can read the details from the feed, by the notification's ID.
  return JSON.stringify({ type: kind, timestamp: at, data: { ...data, details: null } })
}

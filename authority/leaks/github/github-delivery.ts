/** Authenticates and parses deliveries of GitHub's webhook. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Refusal } from '../../context.ts'

export interface Delivery {
  readonly id: string
  readonly repository: string
  readonly number: number
  readonly isPrivate: boolean
  readonly isPublicLeak: boolean
}

/** Verifies `X-Hub-Signature-256`: `sha256=` and the HMAC-SHA256 of the raw body under the webhook's secret, in hex. */
export function isFromGitHub(secret: Uint8Array, body: Uint8Array, header: unknown): boolean {
  const match = typeof header === 'string' ? /^sha256=([0-9a-f]{64})$/.exec(header) : null
  return (
    match !== null &&
    timingSafeEqual(createHmac('sha256', secret).update(body).digest(), Buffer.from(match[1] as string, 'hex'))
  )
}

/** Returns null for events and actions that need no processing: pings, completed scans, resolved alerts. */
export function readDelivery(headers: Readonly<Record<string, unknown>>, body: unknown): Delivery | null {
  const event = headers['x-github-event']
  const id = headers['x-github-delivery']
  if (typeof id !== 'string' || !/^[0-9A-Za-z-]{1,64}$/.test(id))
    throw new Refusal('malformed-request', { detail: 'Expected the header X-GitHub-Delivery.' })
  const { action, alert, repository } = (body ?? {}) as Readonly<
    Record<string, Readonly<Record<string, unknown>> | undefined>
  >
  const isAlert =
    event === 'secret_scanning_alert' && ['created', 'reopened', 'publicly_leaked'].includes(String(action))
  if (!isAlert && !(event === 'secret_scanning_alert_location' && String(action) === 'created')) return null
  const { number, publicly_leaked: leaked } = alert ?? {}
  const { full_name: name, private: isPrivate } = repository ?? {}
  if (!Number.isSafeInteger(number) || (number as number) < 1)
    throw new Refusal('invalid-document', { detail: 'Expected the number of an alert.', at: '/alert/number' })
  if (typeof name !== 'string' || !/^(?!\.{1,2}\/)[\w.-]{1,100}\/(?!\.{1,2}$)[\w.-]{1,100}$/.test(name))
    throw new Refusal('invalid-document', {
      detail: 'Expected owner and name of a repository.',
      at: '/repository/full_name',
    })
  return {
    id,
    repository: name,
    number: number as number,
    isPrivate: isPrivate !== false,
    isPublicLeak: leaked === true || String(action) === 'publicly_leaked',
  }
}

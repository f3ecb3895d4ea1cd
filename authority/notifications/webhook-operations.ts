import { type CreateInputOf, type InputOf, limits, type webhooks } from '@mintmark/contract'
import { may, type Secret } from '@mintmark/token'
import type { AuditDetails } from '../audit/audit.ts'
import { type Context, Refusal } from '../context.ts'
import { newId } from '../ids.ts'
import { chooseAccount } from '../rights/choose-account.ts'
import { giveUpPending } from './delivery-store.ts'
import { countWebhooks, deleteWebhook, findSecrets, insertWebhook, updateWebhook } from './notification-store.ts'
import type { WebhookRecord } from './notification-view.ts'
import { notifyWebhooks } from './notify.ts'
import { newSecret, sealBefore } from './webhook-secret.ts'
import { faultOfUrl } from './webhook-url.ts'

type WebhookInput = InputOf<typeof webhooks>
interface Shown {
  readonly id: string
  readonly once: { readonly secret: Secret }
}

const overlapMilliseconds = 24 * 60 * 60_000

export async function createWebhook(context: Context, input: CreateInputOf<typeof webhooks>): Promise<Shown> {
  const { db, world, vault } = context
  const accountId = chooseAccount(context, input.accountId, 'notification-webhooks:create')
  refuseUnread(context, accountId)
  refuseUrl(context, input.url)
  if ((await countWebhooks(db, accountId)) >= limits.webhooksPerAccount)
    throw new Refusal('conflict', { detail: `An account has at most ${limits.webhooksPerAccount} webhooks.` })
  const id = newId(world, 'nwh')
  const { secret, sealed } = await newSecret(world, { db, vault, accountId, id })
  const { url = '', kinds = null, status = 'Active' } = input
  await insertWebhook(db, {
    id,
    accountId,
    url,
    kinds: kinds && JSON.stringify(kinds),
    status,
    sealed,
    sealedBefore: null,
    beforeUntil: null,
    lastStatus: null,
    lastFailure: null,
    lastDeliveredAt: null,
    lastAttemptAt: null,
    createdAt: world.now().toISOString(),
    failures: 0,
    circuitOpenUntil: null,
  })
  return { id, once: { secret } }
}

export async function changeWebhook(context: Context, webhook: WebhookRecord, input: WebhookInput): Promise<void> {
  const { url, kinds, status } = input
  const reads = (url ?? webhook.url) !== webhook.url || kinds !== undefined || status === 'Active'
  if (reads) refuseUnread(context, webhook.accountId)
  // An unchanged URL does not prevent other changes if it is no longer allowed.
  if (url !== webhook.url) refuseUrl(context, url)
  await updateWebhook(context.db, webhook.id, {
    ...(url === undefined ? {} : { url }),
    ...(kinds === undefined ? {} : { kinds: kinds && JSON.stringify(kinds) }),
    ...(status === undefined ? {} : { status }),
    // An update closes the circuit, so the next delivery is sent at once.
    ...(url === undefined && status === undefined ? {} : { failures: 0, circuitOpenUntil: null }),
  })
  if (status === 'Disabled') await giveUpPending(context.db, webhook.id, context.world.now().toISOString())
}

export async function removeWebhook(context: Context, webhook: WebhookRecord): Promise<void> {
  await deleteWebhook(context.db, webhook.id)
}

/** Sends a test notification through the same queue as all others. */
export async function testWebhook(context: Context, webhook: WebhookRecord): Promise<{ id: string } & AuditDetails> {
  if (webhook.status !== 'Active')
    throw new Refusal('conflict', { detail: 'This webhook is disabled. Enable it to send a test notification.' })
  const notification = {
    kind: 'webhook.test' as const,
    accountId: webhook.accountId,
    ownerKind: null,
    ownerId: null,
    subjectType: 'webhooks',
    subjectId: webhook.id,
    data: {},
  }
  const id = await notifyWebhooks(context, notification, [webhook.id])
  // Closes the circuit, so the test is sent at once. One more failure opens it again.
  await updateWebhook(context.db, webhook.id, { circuitOpenUntil: null })
  return { id, audited: { notification: id } }
}

export async function rotateWebhookSecret(context: Context, webhook: WebhookRecord): Promise<Shown & AuditDetails> {
  const { db, world, vault } = context
  const { id } = webhook
  const place = { db, vault, id, accountId: webhook.accountId }
  const now = world.now()
  const beforeUntil = new Date(now.getTime() + overlapMilliseconds).toISOString()
  const sealedBefore = await sealBefore(place, await findSecrets(db, id), now)
  const { secret, sealed } = await newSecret(world, place)
  await updateWebhook(db, id, { sealed, sealedBefore, beforeUntil })
  return { id, once: { secret }, audited: { oldSecretSignsUntil: beforeUntil } }
}

/** A webhook receives the account's notifications, so its creator must be allowed to read them. */
function refuseUnread({ actor }: Context, account: string): void {
  if (!may(actor.rights, 'notifications:read', { account }))
    throw new Refusal('forbidden', { detail: 'This also requires the permission notifications:read on the account.' })
}

function refuseUrl({ installation }: Context, url: string | undefined): void {
  const detail = url === undefined ? undefined : faultOfUrl(url, installation.allowPrivateWebhooks)
  if (detail) throw new Refusal('invalid-attribute', { detail, at: '/data/attributes/url' })
}

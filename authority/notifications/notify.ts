import type { notificationKinds, personalNotificationKinds } from '@mintmark/contract'
import type { Context, OwnerKind } from '../context.ts'
import { newId } from '../ids.ts'
import { countSince, insertDelivery, insertNotification, listWanting, wasNotifiedSince } from './notification-store.ts'

export interface NotificationInput {
  readonly kind: keyof typeof notificationKinds
  /** Null for what concerns no account: it is in nobody's feed but its owner's, and goes to no webhook. */
  readonly accountId: string | null
  readonly ownerKind: OwnerKind | null
  readonly ownerId: string | null
  readonly subjectType: string
  readonly subjectId: string
  /** Never a secret: it is shown in the feed and leaves by webhook. */
  readonly data: Readonly<Record<string, unknown>>
}

type Teller = Pick<Context, 'db' | 'world'>

/** Tells an account, and queues a delivery for each of its webhooks that wants to know, in the deed's transaction. */
export async function notify(context: Teller, notification: NotificationInput): Promise<string> {
  const wanting =
    notification.accountId === null ? [] : await listWanting(context.db, notification.accountId, notification.kind)
  return notifyWebhooks(context, notification, wanting)
}

/** The same to several accounts, each with a notice of its own; to the owner alone when there are none. */
export async function notifyAccounts(
  context: Teller,
  accounts: readonly string[],
  notification: Omit<NotificationInput, 'accountId'>,
): Promise<void> {
  for (const accountId of accounts.length > 0 ? accounts : [null]) await notify(context, { ...notification, accountId })
}

/** The same, to these webhooks and no other. */
export async function notifyWebhooks(
  { db, world }: Teller,
  notification: NotificationInput,
  webhooks: readonly string[],
): Promise<string> {
  const id = newId(world, 'note')
  const at = world.now().toISOString()
  await insertNotification(db, { ...notification, id, at, data: JSON.stringify(notification.data), mailDue: 0 })
  for (const webhookId of webhooks) {
    await insertDelivery(db, {
      id: newId(world, 'nd'),
      webhookId,
      notificationId: id,
      attempt: 0,
      dueAt: at,
      deliveredAt: null,
      givenUpAt: null,
      lastStatus: null,
    })
  }
  return id
}

interface PersonalNotification {
  readonly kind: keyof typeof personalNotificationKinds
  readonly userId: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Tells a person something about how they sign in: in their own feed, and by mail where there is mail. */
export async function notifyPerson({ db, world }: Teller, { kind, userId, data }: PersonalNotification): Promise<void> {
  await insertNotification(db, {
    id: newId(world, 'note'),
    accountId: null,
    kind,
    at: world.now().toISOString(),
    ownerKind: 'user',
    ownerId: userId,
    subjectType: 'users',
    subjectId: userId,
    data: JSON.stringify(data),
    mailDue: 1,
  })
}

/** The same, unless the person was told something of this kind since then, on any node. */
export async function notifyPersonOnce(
  context: Teller,
  notification: PersonalNotification,
  since: string,
): Promise<void> {
  if (!(await wasNotifiedSince(context.db, notification.userId, notification.kind, since)))
    await notifyPerson(context, notification)
}

/** How many notices of a kind there were about something since then. */
export function countNotificationsAbout(
  { db }: Pick<Context, 'db'>,
  kind: NotificationInput['kind'],
  subjectId: string,
  since: Date,
): Promise<number> {
  return countSince(db, kind, subjectId, since.toISOString())
}

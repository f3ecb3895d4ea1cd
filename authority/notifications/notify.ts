import type { notificationKinds, personalNotificationKinds } from '@mintmark/contract'
import type { Context, OwnerKind } from '../context.ts'
import { newId } from '../ids.ts'
import {
  countSince,
  insertDelivery,
  insertNotification,
  listSubscribedWebhooks,
  wasNotifiedSince,
} from './notification-store.ts'

export interface NotificationInput {
  readonly kind: keyof typeof notificationKinds
  /** Null if no account is concerned. The notification is then in its owner's feed only and is not sent to webhooks. */
  readonly accountId: string | null
  readonly ownerKind: OwnerKind | null
  readonly ownerId: string | null
  readonly subjectType: string
  readonly subjectId: string
  /** Must not contain secrets: the feed shows it and webhooks send it. */
  readonly data: Readonly<Record<string, unknown>>
}

type NotifyContext = Pick<Context, 'db' | 'world'>

/** Notifies an account: inserts the notification and a delivery per subscribed webhook, in the transaction of the context. Returns its ID. */
export async function notify(context: NotifyContext, notification: NotificationInput): Promise<string> {
  const wanting =
    notification.accountId === null
      ? []
      : await listSubscribedWebhooks(context.db, notification.accountId, notification.kind)
  return notifyWebhooks(context, notification, wanting)
}

/** Notifies several accounts, with one notification each. Notifies only the owner if there are no accounts. */
export async function notifyAccounts(
  context: NotifyContext,
  accounts: readonly string[],
  notification: Omit<NotificationInput, 'accountId'>,
): Promise<void> {
  for (const accountId of accounts.length > 0 ? accounts : [null]) await notify(context, { ...notification, accountId })
}

/** Inserts a notification and delivers it to these webhooks only. Returns its ID. */
export async function notifyWebhooks(
  { db, world }: NotifyContext,
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

/** Notifies a person about their sign-in, in their feed and by mail if mail is configured. */
export async function notifyPerson(
  { db, world }: NotifyContext,
  { kind, userId, data }: PersonalNotification,
): Promise<void> {
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

/** Notifies a person unless they got a notification of this kind since then, from any node. */
export async function notifyPersonOnce(
  context: NotifyContext,
  notification: PersonalNotification,
  since: string,
): Promise<void> {
  if (!(await wasNotifiedSince(context.db, notification.userId, notification.kind, since)))
    await notifyPerson(context, notification)
}

/** Counts the notifications of a kind about a subject since then. */
export function countNotificationsAbout(
  { db }: Pick<Context, 'db'>,
  kind: NotificationInput['kind'],
  subjectId: string,
  since: Date,
): Promise<number> {
  return countSince(db, kind, subjectId, since.toISOString())
}

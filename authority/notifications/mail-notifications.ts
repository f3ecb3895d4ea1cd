/** Mails notifications about sign-in to the person, if the operator configured mail. Each is sent at most once. */
import type { World } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { SendMail } from '../outbound/mail.ts'
import { claimMail, findEmail, listMailDue } from './notification-store.ts'
import { personalMail } from './personal-mail.ts'

const notificationsAtOnce = 20
/** Older notifications are not mailed, because mail may have been configured only now. */
const dayMilliseconds = 86_400_000

/** Mails up to 20 notifications. Returns how many were due. */
export async function mailNotifications(database: Database, world: World, mail: SendMail): Promise<number> {
  const since = new Date(world.now().getTime() - dayMilliseconds).toISOString()
  const due = await listMailDue(database.read, since, notificationsAtOnce)
  for (const notification of due) {
    // The node that clears the mark sends the mail.
    if (!(await database.withoutTransaction((db) => claimMail(db, notification.id)))) continue
    const email = notification.ownerId === null ? undefined : await findEmail(database.read, notification.ownerId)
    if (!email) continue
    // A change of the address is mailed to the previous address too, because an attacker may own the new one.
    const { previousEmail } = JSON.parse(notification.data) as { previousEmail?: string }
    for (const to of [email, previousEmail ?? []].flat()) await mail(personalMail(to, notification))
  }
  return due.length
}

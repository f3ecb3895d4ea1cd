/** Notices about how a person signs in are mailed to that person too, where the operator set up mail. Each is sent at most once. */
import type { World } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { SendMail } from '../outbound/mail.ts'
import { claimMail, findEmail, listMailDue } from './notification-store.ts'
import { personalMail } from './personal-mail.ts'

const notificationsAtOnce = 20
/** Older ones are not sent: mail may have been set up only now. */
const dayMilliseconds = 86_400_000

/** Sends up to 20; how many were found. */
export async function mailNotifications(database: Database, world: World, mail: SendMail): Promise<number> {
  const since = new Date(world.now().getTime() - dayMilliseconds).toISOString()
  const due = await listMailDue(database.read, since, notificationsAtOnce)
  for (const notification of due) {
    // Whoever clears the mark sends it: one of several nodes.
    if (!(await database.withoutTransaction((db) => claimMail(db, notification.id)))) continue
    const email = notification.ownerId === null ? undefined : await findEmail(database.read, notification.ownerId)
    if (!email) continue
    // A changed address is told to the one before as well: whoever has the new one may not be this person.
    const { previousEmail } = JSON.parse(notification.data) as { previousEmail?: string }
    for (const to of [email, previousEmail ?? []].flat()) await mail(personalMail(to, notification))
  }
  return due.length
}

/** The one-time link of somebody who was invited: shown to who invites, who hands it on. */
import { may, type Secret } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { refuseRaiseTo } from '../rights/raise.ts'
import { type Person, personById } from '../users/person.ts'
import { makeLink } from './links.ts'
import { passkeysOf } from './passkeys.ts'

export interface Invitation {
  readonly person: Person
  readonly secret: Secret
  readonly expiresAt: string
}

interface Invited {
  readonly account: string
  readonly user: string
  readonly accountsOf: readonly string[]
}

/** Only for who never came: a link for anybody else would be a way into their account. */
export async function inviteByLink(context: Context, { account, user, accountsOf }: Invited): Promise<Invitation> {
  const { db, actor } = context
  const person = await personById(db, user)
  const isSeen = accountsOf.includes(account) && may(actor.rights, 'users:read', { account })
  if (!person || !isSeen) throw new Refusal('not-found', { detail: 'There is no such person in this account.' })
  if (!may(actor.rights, 'users:create', { account }))
    throw new Refusal('forbidden', { detail: 'This takes the permission users:create.' })
  // Who holds the link can become this person, with all that any account gave them.
  await refuseRaiseTo(context, 'user', person.id)
  if (person.status !== 'Pending' || person.passwordHash !== null || (await passkeysOf(db, person.id)).length > 0)
    throw new Refusal('conflict', {
      detail: 'This person has come already and signs in with their own passkey or password.',
    })
  return { person, ...(await makeLink(context, { purpose: 'invitation', userId: person.id, accountId: account })) }
}

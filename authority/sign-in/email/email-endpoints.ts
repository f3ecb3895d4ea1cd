/** Changes of a person's own email address, which are confirmed with a code that is mailed to the new address. */
import { limits } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import { type Context, Refusal, type World } from '../../context.ts'
import { emailKey } from '../../database/email-key.ts'
import type { ResultOf } from '../../endpoint-request.ts'
import { findPersonIdByEmail, type Person, updatePerson } from '../../identity/users/person.ts'
import type { InvitationServices } from '../links/invitation-endpoints.ts'
import { deleteOpenLinks } from '../links/link-store.ts'
import { notifyCredentialChange } from '../methods/credential-change.ts'
import { hashOfSecret } from '../secret-hash.ts'
import { writeAsPerson } from '../services.ts'
import type { SessionRequest } from '../session-answer.ts'
import { endSessionsOf, type Session } from '../sessions.ts'
import { replaceEmailChange, takeEmailChange } from './email-change-store.ts'
import { emailChangeMail } from './email-mail.ts'

/** Whether the address is taken is only checked when it is confirmed: otherwise anyone could find out who is a user. */
export async function requestEmailChange(
  services: InvitationServices,
  request: SessionRequest<'requestEmailChange'>,
): Promise<ResultOf<'requestEmailChange'>> {
  const { mail, baseContext } = services
  const { person } = request.caller
  const { email } = request.body
  if (!mail)
    throw new Refusal('conflict', {
      detail: 'This server sends no mail. Ask an administrator of your account to change your email address.',
    })
  if (emailKey(email) === emailKey(person.email))
    throw new Refusal('invalid-attribute', { detail: 'This already is your email address.', at: '/email' })
  // Never taken off the counter, so that the server is no relay for unwanted mail.
  services.attempts.count({ by: 'mail', userId: person.id })
  const code = newCode(baseContext.world)
  const expiresAt = new Date(baseContext.world.now().getTime() + limits.emailChangeMinutes * 60_000).toISOString()
  const row = { userId: person.id, hash: hashOfSecret(normalized(code.open())), email, expiresAt }
  const event = { person, action: 'users.email-change-requested', after: { email } }
  await writeAsPerson(services, request, event, ({ db }) => replaceEmailChange(db, row))
  if (!(await mail(emailChangeMail({ to: email, from: person.email, code, expiresAt }))))
    throw new Refusal('conflict', { detail: 'The mail server did not accept a message to this address.' })
  return {}
}

export async function confirmEmailChange(
  services: InvitationServices,
  request: SessionRequest<'confirmEmailChange'>,
): Promise<ResultOf<'confirmEmailChange'>> {
  const { person, session } = request.caller
  const attempt = { by: 'session', session: session.id } as const
  services.attempts.count(attempt)
  const hash = hashOfSecret(normalized(request.body.code))
  const after = (email: string) => ({ email, previousEmail: person.email })
  const event = { person, action: 'users.email-changed', after }
  await writeAsPerson(services, request, event, (context) => changeEmail(context, { person, session, hash }))
  services.attempts.uncount(attempt)
  return {}
}

interface EmailChange {
  readonly person: Person
  readonly session: Session
  readonly hash: Uint8Array
}

/** Returns the new address. */
async function changeEmail(context: Context, { person, session, hash }: EmailChange): Promise<string> {
  const { db, world } = context
  const email = await takeEmailChange(db, { userId: person.id, hash, now: world.now().toISOString() })
  if (email === undefined)
    throw new Refusal('invalid-attribute', {
      detail: 'This code is wrong or has expired. Request a new one.',
      at: '/code',
    })
  if (await findPersonIdByEmail(db, email))
    throw new Refusal('conflict', { detail: `Another user already has the email address ${email}.` })
  await updatePerson(db, person.id, { email, username: email })
  await endSessionsOf(context, person.id, session.id)
  // They may have been mailed to the previous address.
  await deleteOpenLinks(db, person.id)
  await notifyCredentialChange(context, person.id, { change: 'email', previousEmail: person.email })
  return email
}

const characters = 16
/** Without 0, 1, l and o, which are easily confused. */
const letters = '23456789abcdefghijkmnpqrstuvwxyz'

/** 80 random bits in groups of four characters, which cannot be guessed within the lifetime. */
function newCode(world: World): Secret {
  const text = [...world.random(characters)].map((byte) => letters[byte & 31]).join('')
  return new Secret(text.replace(/(.{4})(?=.)/g, '$1-'))
}

const normalized = (code: string): string => code.replace(/[\s-]/g, '').toLowerCase()

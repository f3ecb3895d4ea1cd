/** The endpoints for sign-in links of invited people. */
import { Secret } from '@mintmark/token'
import { Refusal } from '../../context.ts'
import type { AttemptCounter, ResultOf, TokenRequest } from '../../endpoint-request.ts'
import type { SendMail } from '../../outbound/mail.ts'
import { namesOfAccounts } from '../account-names-store.ts'
import type { SignInServices } from '../services.ts'
import type { SessionRequest } from '../session-answer.ts'
import { accept } from './accept.ts'
import { invitationMail } from './invitation-mail.ts'
import { inviteByLink as createInvitation } from './invitations.ts'

export interface InvitationServices extends SignInServices {
  /** Null if mail is not configured. */
  readonly mail: SendMail | null
  readonly perInviter: AttemptCounter
}

/** The inviter grants the rights of the invitation. */
export async function inviteByLink(
  services: InvitationServices,
  request: TokenRequest<'inviteByLink'>,
): Promise<ResultOf<'inviteByLink'>> {
  return await createLinkFor(services, request, createInvitation, invitationMail)
}

/** Creates a link in a transaction, emails it if possible, and returns it once. */
export async function createLinkFor(
  { database, mail, perInviter }: InvitationServices,
  request: TokenRequest<'inviteByLink'> | TokenRequest<'resetUserSignIn'>,
  create: typeof createInvitation,
  mailOf: typeof invitationMail,
): Promise<ResultOf<'inviteByLink'>> {
  const { context } = request.caller
  const retryAfterSeconds = perInviter.strike(context.actor.id)
  if (retryAfterSeconds > 0)
    throw new Refusal('too-many-attempts', { detail: 'Too many sign-in links were created.', retryAfterSeconds })
  const { person, secret, expiresAt } = await database.write((db) =>
    create({ ...context, db, auditedEvents: { rows: 0 } }, request.body),
  )
  // After `#`, which browsers do not send to servers, so no proxy logs the secret.
  const link = new Secret(Buffer.concat([Buffer.from(`${request.linkOrigin()}/welcome#`), secret.bytes()]))
  const [{ name = '' } = {}] = await namesOfAccounts(database.read, [request.body.account])
  const letter = { to: person.email, account: name, by: context.actor.email ?? '', link: link.open(), expiresAt }
  const mailed = mail !== null && (await mail(mailOf(letter)))
  return {
    json: { link: '', 'expires-at': expiresAt, email: person.email, mailed },
    secret: { member: 'link', value: link },
  }
}

export async function acceptInvitation(
  services: SignInServices,
  request: SessionRequest<'acceptInvitation'>,
): Promise<ResultOf<'acceptInvitation'>> {
  return { json: { account: await accept(services, request, request.caller.person, request.body.secret) } }
}

/** How a person signs in, seen and changed; and the links for those who are invited. */
import { anyObject, limits, text } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../context.ts'
import { readPlain } from '../jsonapi/body.ts'
import { secretPlace } from '../jsonapi/document.ts'
import type { SendMail } from '../outbound/mail.ts'
import { accept } from '../sign-in/accept.ts'
import { invitationLetter } from '../sign-in/invitation-letter.ts'
import { inviteByLink } from '../sign-in/invitations.ts'
import { namesOfAccounts } from '../sign-in/links.ts'
import {
  beginPasskey,
  beginSecondFactor,
  changePassword,
  confirmSecondFactor,
  endSecondFactor,
  methodsOf,
  registerPasskey,
  removePasskey,
  renewRecoveryCodes,
  type Signed,
} from '../sign-in/methods.ts'
import type { PasskeyRow } from '../sign-in/passkeys.ts'
import { refuseUnproven } from '../sign-in/sessions.ts'
import { knownOf, strengthOf } from '../sign-in/strength.ts'
import { limitAttempts, limitEach } from './attempt-limit.ts'
import { linkOriginOf } from './origin.ts'
import { readJsonBody } from './read-body.ts'
import { ask, type Doors, isProven } from './routes.ts'
import { json, jsonWithSecret } from './server.ts'
import { askingOf, requireSigned, type SignInDoors, setCookies } from './sign-in-routes.ts'
import { siteOf } from './site.ts'

const password = text({ about: 'The password.', max: 1_000, required: true, holdsSecret: true })
const name = text({ about: 'What its owner calls it.', required: true, blank: 'A name cannot be empty.' })
const code = text({ about: 'Of the app.', max: 40, required: true, holdsSecret: true })
const response = anyObject({ about: 'What the browser answered.', required: true })
const linkSecret = text({ about: 'What stands behind # in the link.', max: 128, required: true, holdsSecret: true })
const id = text({ about: 'An id.', max: 128, required: true })

export function mountMethods(app: FastifyInstance, doors: SignInDoors): void {
  const { behind } = doors
  const read = behind.database.read
  app.get('/auth/methods', async (request, reply) => {
    const { person } = await requireSigned(doors, request)
    const { password: secret, passkeys, totp, recoveryCodes } = await methodsOf(read, person)
    return json(reply, {
      password: { set: secret.set, 'changed-at': secret.changedAt },
      passkeys: passkeys.map(passkeyLine),
      totp,
      'recovery-codes': { left: recoveryCodes },
    })
  })
  const { world } = behind.bare
  const perSession = limitEach(world, limits.passwordChecksPerMinute)
  const perAddress = limitAttempts(world, 4 * limits.passwordChecksPerMinute)
  const refuseMany = ({ ip }: FastifyRequest, { session }: Signed) => {
    const retryAfterSeconds = Math.max(perSession.strike(session.id), perAddress.strike(ip))
    if (retryAfterSeconds > 0)
      throw new Refusal('too-many-attempts', { detail: 'Too many passwords were checked.', retryAfterSeconds })
  }
  app.put('/auth/methods/password', async (request, reply) => {
    const signed = await requireSigned(doors, request)
    refuseMany(request, signed)
    const wish = readPlain(readJsonBody(request), { password })
    await setCookies(doors, reply, await changePassword(behind, askingOf(request), signed, wish.password as string))
    return reply.code(204).send()
  })
  app.post('/auth/methods/password/strength', async (request, reply) => {
    const signed = await requireSigned(doors, request)
    refuseMany(request, signed)
    const wish = readPlain(readJsonBody(request), { password })
    return json(reply, await strengthOf(wish.password as string, await knownOf(read, signed.person)))
  })
  app.post('/auth/methods/passkeys/options', async (request, reply) => {
    const signed = await requireSigned(doors, request)
    return json(reply, await beginPasskey(behind, signed, siteOf(request)))
  })
  app.post('/auth/methods/passkeys', async (request, reply) => {
    const signed = await requireSigned(doors, request)
    const wish = readPlain(readJsonBody(request), { name, response }) as { name: string; response: unknown }
    const came = await registerPasskey(behind, askingOf(request), signed, {
      ...wish,
      site: siteOf(request),
    })
    await setCookies(doors, reply, came)
    return json(reply.code(201), passkeyLine(came.passkey))
  })
  app.delete('/auth/methods/passkeys/:id', async (request, reply) => {
    const signed = await requireSigned(doors, request)
    await removePasskey(behind, askingOf(request), signed, (request.params as { id: string }).id)
    return reply.code(204).send()
  })
  mountSecondFactor(app, doors)
}

const passkeyLine = ({
  id,
  name,
  createdAt,
  lastUsedAt,
}: Pick<PasskeyRow, 'id' | 'name' | 'createdAt' | 'lastUsedAt'>) => ({
  id,
  name,
  'created-at': createdAt,
  'last-used-at': lastUsedAt,
})

function mountSecondFactor(app: FastifyInstance, doors: SignInDoors): void {
  const { behind } = doors
  app.post('/auth/methods/totp', async (request, reply) => {
    const signed = await requireSigned(doors, request)
    const { seed, uri } = await beginSecondFactor(behind, askingOf(request), signed)
    return json(reply, { secret: seed.open(), uri: uri.open() })
  })
  app.post('/auth/methods/totp/confirm', async (request, reply) => {
    const signed = await requireSigned(doors, request)
    const given = readPlain(readJsonBody(request), { code }).code as string
    return json(reply, { 'recovery-codes': await confirmSecondFactor(behind, askingOf(request), signed, given) })
  })
  app.delete('/auth/methods/totp', async (request, reply) => {
    await endSecondFactor(behind, askingOf(request), await requireSigned(doors, request))
    return reply.code(204).send()
  })
  app.post('/auth/methods/recovery-codes', async (request, reply) => {
    const signed = await requireSigned(doors, request)
    return json(reply, { 'recovery-codes': await renewRecoveryCodes(behind, askingOf(request), signed) })
  })
}

/** For somebody who has a credential already; anybody else accepts by choosing one. */
function mountAccepting(app: FastifyInstance, doors: SignInDoors): void {
  app.post('/auth/invitations/accept', async (request, reply) => {
    const signed = await requireSigned(doors, request)
    const wish = readPlain(readJsonBody(request), { secret: linkSecret })
    const account = await accept(doors.behind, askingOf(request), signed, wish.secret as string)
    return json(reply, { account })
  })
}

/** As a person with rights: what an invitation gives is granted by who invites. */
export function mountInvitations(app: FastifyInstance, doors: Doors, signIn: SignInDoors, mail: SendMail | null): void {
  mountAccepting(app, signIn)
  const { behind } = signIn
  const perInviter = limitEach(behind.bare.world, limits.invitationsPerMinute)
  app.post('/auth/invitations', async (request, reply) => {
    const { context } = await ask(doors, request, 'invite_by_link')
    refuseUnproven(isProven(context.actor))
    const retryAfterSeconds = perInviter.strike(context.actor.id)
    if (retryAfterSeconds > 0)
      throw new Refusal('too-many-attempts', { detail: 'Too many invitations were sent.', retryAfterSeconds })
    const wish = readPlain(readJsonBody(request), { account: id, user: id }) as { account: string; user: string }
    const { person, secret, expiresAt } = await behind.database.write((db) =>
      inviteByLink({ ...context, db, told: { rows: 0 } }, wish),
    )
    const link = linkTo(request, secret)
    const [{ name = '' } = {}] = await namesOfAccounts(behind.database.read, [wish.account])
    const letter = { to: person.email, account: name, by: context.actor.email ?? '', link: link.open(), expiresAt }
    const mailed = mail !== null && (await mail(invitationLetter(letter)))
    const answer = { link: secretPlace, 'expires-at': expiresAt, email: person.email, mailed }
    return jsonWithSecret(reply.code(201), answer, link)
  })
}

/** After `#`, which browsers do not send to servers, so no proxy logs the secret. */
const linkTo = (request: FastifyRequest, secret: Secret): Secret =>
  new Secret(Buffer.concat([Buffer.from(`${linkOriginOf(request)}/welcome#`), secret.bytes()]))

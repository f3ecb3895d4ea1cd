/** How a person signs in, seen and changed; and the links for those who are invited. */
import { anyObject, limits, text } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../../context.ts'
import { readPlain } from '../../jsonapi/body.ts'
import { secretPlace } from '../../jsonapi/document.ts'
import type { SendMail } from '../../outbound/mail.ts'
import { accept } from '../../sign-in/links/accept.ts'
import { invitationMail } from '../../sign-in/links/invitation-mail.ts'
import { inviteByLink } from '../../sign-in/links/invitations.ts'
import { namesOfAccounts } from '../../sign-in/links/links.ts'
import {
  beginSecondFactor,
  changePassword,
  confirmSecondFactor,
  endSecondFactor,
  methodsOf,
  passkeyOptions,
  registerPasskey,
  removePasskey,
  renewRecoveryCodes,
  type SessionOfPerson,
} from '../../sign-in/methods/methods.ts'
import type { PasskeyRow } from '../../sign-in/methods/passkeys.ts'
import { passwordContextOf, strengthOf } from '../../sign-in/methods/strength.ts'
import { requireStepUp } from '../../step-up.ts'
import { limitAttempts, limitEach } from '../attempt-limit.ts'
import { linkOriginOf } from '../origin.ts'
import { readJsonBody } from '../read-body.ts'
import { json, jsonWithSecret } from '../server.ts'
import { siteOf } from '../site.ts'
import { hasSteppedUp, openRequest, type Services } from './routes.ts'
import { requireSession, type SignInRoutes, setCookies, signInRequestOf } from './sign-in-routes.ts'

const password = text({ about: 'The password.', max: 1_000, required: true, holdsSecret: true })
const name = text({ about: 'What its owner calls it.', required: true, blank: 'A name cannot be empty.' })
const code = text({ about: 'Of the app.', max: 40, required: true, holdsSecret: true })
const response = anyObject({ about: 'What the browser answered.', required: true })
const linkSecret = text({ about: 'What stands behind # in the link.', max: 128, required: true, holdsSecret: true })
const id = text({ about: 'An id.', max: 128, required: true })

export function mountMethods(app: FastifyInstance, routes: SignInRoutes): void {
  const { services } = routes
  const read = services.database.read
  app.get('/auth/methods', async (request, reply) => {
    const { person } = await requireSession(routes, request)
    const { password: secret, passkeys, totp, recoveryCodes } = await methodsOf(read, person)
    return json(reply, {
      password: { set: secret.set, 'changed-at': secret.changedAt },
      passkeys: passkeys.map(passkeyLine),
      totp,
      'recovery-codes': { left: recoveryCodes },
    })
  })
  const { world } = services.baseContext
  const perSession = limitEach(world, limits.passwordChecksPerMinute)
  const perAddress = limitAttempts(world, 4 * limits.passwordChecksPerMinute)
  const refuseMany = ({ ip }: FastifyRequest, { session }: SessionOfPerson) => {
    const retryAfterSeconds = Math.max(perSession.strike(session.id), perAddress.strike(ip))
    if (retryAfterSeconds > 0)
      throw new Refusal('too-many-attempts', { detail: 'Too many passwords were checked.', retryAfterSeconds })
  }
  app.put('/auth/methods/password', async (request, reply) => {
    const signed = await requireSession(routes, request)
    refuseMany(request, signed)
    const wish = readPlain(readJsonBody(request), { password })
    await setCookies(
      routes,
      reply,
      await changePassword(services, signInRequestOf(request), signed, wish.password as string),
    )
    return reply.code(204).send()
  })
  app.post('/auth/methods/password/strength', async (request, reply) => {
    const signed = await requireSession(routes, request)
    refuseMany(request, signed)
    const wish = readPlain(readJsonBody(request), { password })
    return json(reply, await strengthOf(wish.password as string, await passwordContextOf(read, signed.person)))
  })
  app.post('/auth/methods/passkeys/options', async (request, reply) => {
    const signed = await requireSession(routes, request)
    return json(reply, await passkeyOptions(services, signed, siteOf(request)))
  })
  app.post('/auth/methods/passkeys', async (request, reply) => {
    const signed = await requireSession(routes, request)
    const wish = readPlain(readJsonBody(request), { name, response }) as { name: string; response: unknown }
    const came = await registerPasskey(services, signInRequestOf(request), signed, {
      ...wish,
      site: siteOf(request),
    })
    await setCookies(routes, reply, came)
    return json(reply.code(201), passkeyLine(came.passkey))
  })
  app.delete('/auth/methods/passkeys/:id', async (request, reply) => {
    const signed = await requireSession(routes, request)
    await removePasskey(services, signInRequestOf(request), signed, (request.params as { id: string }).id)
    return reply.code(204).send()
  })
  mountSecondFactor(app, routes)
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

function mountSecondFactor(app: FastifyInstance, routes: SignInRoutes): void {
  const { services } = routes
  app.post('/auth/methods/totp', async (request, reply) => {
    const signed = await requireSession(routes, request)
    const { seed, uri } = await beginSecondFactor(services, signInRequestOf(request), signed)
    return json(reply, { secret: seed.open(), uri: uri.open() })
  })
  app.post('/auth/methods/totp/confirm', async (request, reply) => {
    const signed = await requireSession(routes, request)
    const given = readPlain(readJsonBody(request), { code }).code as string
    return json(reply, {
      'recovery-codes': await confirmSecondFactor(services, signInRequestOf(request), signed, given),
    })
  })
  app.delete('/auth/methods/totp', async (request, reply) => {
    await endSecondFactor(services, signInRequestOf(request), await requireSession(routes, request))
    return reply.code(204).send()
  })
  app.post('/auth/methods/recovery-codes', async (request, reply) => {
    const signed = await requireSession(routes, request)
    return json(reply, { 'recovery-codes': await renewRecoveryCodes(services, signInRequestOf(request), signed) })
  })
}

/** For somebody who has a credential already; anybody else accepts by choosing one. */
function mountAccepting(app: FastifyInstance, routes: SignInRoutes): void {
  app.post('/auth/invitations/accept', async (request, reply) => {
    const signed = await requireSession(routes, request)
    const wish = readPlain(readJsonBody(request), { secret: linkSecret })
    const account = await accept(routes.services, signInRequestOf(request), signed, wish.secret as string)
    return json(reply, { account })
  })
}

/** As a person with rights: what an invitation gives is granted by who invites. */
export function mountInvitations(
  app: FastifyInstance,
  routes: Services,
  signIn: SignInRoutes,
  mail: SendMail | null,
): void {
  mountAccepting(app, signIn)
  const { services } = signIn
  const perInviter = limitEach(services.baseContext.world, limits.invitationsPerMinute)
  app.post('/auth/invitations', async (request, reply) => {
    const { context } = await openRequest(routes, request, 'invite_by_link')
    requireStepUp(hasSteppedUp(context.actor))
    const retryAfterSeconds = perInviter.strike(context.actor.id)
    if (retryAfterSeconds > 0)
      throw new Refusal('too-many-attempts', { detail: 'Too many invitations were sent.', retryAfterSeconds })
    const wish = readPlain(readJsonBody(request), { account: id, user: id }) as { account: string; user: string }
    const { person, secret, expiresAt } = await services.database.write((db) =>
      inviteByLink({ ...context, db, auditedEvents: { rows: 0 } }, wish),
    )
    const link = linkTo(request, secret)
    const [{ name = '' } = {}] = await namesOfAccounts(services.database.read, [wish.account])
    const letter = { to: person.email, account: name, by: context.actor.email ?? '', link: link.open(), expiresAt }
    const mailed = mail !== null && (await mail(invitationMail(letter)))
    const answer = { link: secretPlace, 'expires-at': expiresAt, email: person.email, mailed }
    return jsonWithSecret(reply.code(201), answer, link)
  })
}

/** After `#`, which browsers do not send to servers, so no proxy logs the secret. */
const linkTo = (request: FastifyRequest, secret: Secret): Secret =>
  new Secret(Buffer.concat([Buffer.from(`${linkOriginOf(request)}/welcome#`), secret.bytes()]))

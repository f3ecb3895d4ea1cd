/** Where people come in: `/auth/…`, plain JSON for the console. */
import { anyObject, kebab, limits, maybe, text } from '@mintmark/contract'
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../context.ts'
import { type Person, personById } from '../../identity/users/person.ts'
import { readPlain } from '../../jsonapi/body.ts'
import { createKnownBrowserCookie, knownBrowserDays } from '../../sign-in/known-browser.ts'
import { findLink, namesOfAccounts } from '../../sign-in/links/links.ts'
import { isForExistingMember } from '../../sign-in/links/usable-links.ts'
import { methodsOf, type SessionOfPerson } from '../../sign-in/methods/methods.ts'
import { type Site, signInOptions } from '../../sign-in/methods/passkeys.ts'
import { type SignInRequest, type SignInServices, writeAsPerson } from '../../sign-in/services.ts'
import {
  endSession,
  endSessionsOf,
  hasRecentStepUp,
  idleExpiry,
  type Session,
  sessionsOf,
  stepUpExpiry,
} from '../../sign-in/sessions.ts'
import { type SignedIn, signInWithLink, signInWithPasskey, signInWithPassword } from '../../sign-in/sign-in.ts'
import { requireStepUp } from '../../step-up.ts'
import {
  clearCookie,
  knownBrowserOf,
  type SessionAuthenticator,
  setCookie,
  setKnownBrowser,
} from '../authenticate-sessions.ts'
import { readJsonBody } from '../read-body.ts'
import { withoutAuthentication } from '../request-bodies.ts'
import { json } from '../server.ts'
import { requireSameSite, siteOf } from '../site.ts'
import { requestFactsOf } from './routes.ts'

export interface SignInRoutes {
  readonly services: SignInServices
  readonly sessions: SessionAuthenticator
}

const email = text({ about: 'E-mail address.', max: 254, required: true })
const password = text({ about: 'The password.', max: limits.passwordCharactersMax, required: true, holdsSecret: true })
const code = text({ about: 'Of the app, or a recovery code.', max: 40, holdsSecret: true })
const secret = text({ about: 'What stands behind # in the link.', max: 128, required: true, holdsSecret: true })
const fullName = maybe(text({ about: 'First and last name.' }))
const response = anyObject({ about: 'What the browser answered.', required: true })

/** All of `/auth/` but what strangers may ask, and inviting, which a token may do too. */
const isForSessions = (url: string, config: FastifyContextConfig = {}): boolean =>
  url.startsWith('/auth/') && url !== '/auth/invitations' && config.strangerBytes === undefined

export function mountSignIn(app: FastifyInstance, routes: SignInRoutes): void {
  const { services, sessions } = routes
  app.addHook('onRoute', (route) => {
    if (isForSessions(route.url, route.config))
      route.config = { ...route.config, admit: (request) => requireSession(routes, request) }
  })
  app.get('/auth/session', async (request, reply) => {
    const found = await sessions.find(request)
    const person = found && (await personById(services.database.read, found.session.userId))
    if (!found || !person) return json(reply, { session: null })
    return json(reply, await sessionBody(routes, { person, session: found.session }))
  })
  const enter = (
    path: string,
    come: (body: Record<string, unknown>, at: Entrance) => Promise<SignedIn>,
    members: object,
  ) =>
    app.post(path, withoutAuthentication, async (request, reply) => {
      requireSameSite(request)
      const body = readPlain(readJsonBody(request), members as never)
      const replaced = await sessions.find(request)
      const came = await come(body, { asking: signInRequestOf(request), site: siteOf(request) })
      // The cookie of the browser is overwritten: a copy of the old one must not stay valid.
      if (replaced) await deleteSession(routes, request, replaced.session)
      return sendSession(routes, reply, came)
    })
  const withPassword = { email, password, code }
  enter('/auth/sign-in', (input, { asking }) => signInWithPassword(services, asking, input as never), withPassword)
  enter(
    '/auth/passkey/sign-in',
    (input, { asking, site }) => signInWithPasskey(services, asking, { response: input.response, site }),
    { response },
  )
  enter('/auth/link/use', (input, { asking }) => signInWithLink(services, asking, input as never), { secret, fullName })
  app.post('/auth/passkey/options', withoutAuthentication, async (request, reply) => {
    requireSameSite(request)
    return json(reply, await signInOptions(services.baseContext, siteOf(request)))
  })
  app.post('/auth/link/open', withoutAuthentication, async (request, reply) => {
    requireSameSite(request)
    const { database, baseContext } = services
    const link = await findLink(
      database.read,
      baseContext.world,
      readPlain(readJsonBody(request), { secret }).secret as string,
    )
    const person = await personById(database.read, link.userId)
    const [account] = await namesOfAccounts(database.read, link.accountId === null ? [] : [link.accountId])
    const isMember = await isForExistingMember(database.read, link)
    return json(reply, {
      purpose: link.purpose,
      needs: isMember ? 'sign-in' : 'credential',
      email: person?.email ?? null,
      'full-name': isMember ? null : (person?.fullName ?? null),
      'account-name': account?.name ?? null,
      'expires-at': link.expiresAt,
    })
  })
  mountSession(app, routes)
}

function mountSession(app: FastifyInstance, routes: SignInRoutes): void {
  const { services } = routes
  app.post('/auth/step-up', async (request, reply) => {
    const { person, session } = await requireSession(routes, request)
    const body = readJsonBody(request)
    const isPasskey = typeof body === 'object' && body !== null && 'response' in body
    const asking = signInRequestOf(request)
    const came = isPasskey
      ? await signInWithPasskey(
          services,
          asking,
          { site: siteOf(request), response: readPlain(body, { response }).response },
          session,
        )
      : await signInWithPassword(
          services,
          asking,
          { ...(readPlain(body, { password, code }) as { password: string; code?: string }), email: person.email },
          session,
        )
    return sendSession(routes, reply, came)
  })
  app.post('/auth/sign-out', withoutAuthentication, async (request, reply) => {
    requireSameSite(request)
    const found = await routes.sessions.find(request)
    if (found) await deleteSession(routes, request, found.session)
    clearCookie(reply)
    return reply.code(204).send()
  })
  app.get('/auth/sessions', async (request, reply) => {
    const { person, session } = await requireSession(routes, request)
    const all = await sessionsOf(services.database.read, services.baseContext.world, person.id)
    return json(reply, { sessions: all.map((each) => sessionLine(each, session)) })
  })
  app.delete('/auth/sessions/:id', async (request, reply) => {
    const { person, session } = await requireSession(routes, request)
    const { id } = request.params as { id: string }
    const all = await sessionsOf(services.database.read, services.baseContext.world, person.id)
    if (!all.some((each) => each.id === id)) throw new Refusal('not-found', { detail: 'There is no such session.' })
    if (id !== session.id) requireStepUp(hasRecentStepUp(session, services.baseContext.world))
    const deed = { person, action: 'sessions.deleted', after: { id } }
    await writeAsPerson(services, signInRequestOf(request), deed, (context) =>
      endSession(context, { id, userId: person.id }),
    )
    return reply.code(204).send()
  })
  app.post('/auth/sessions/end-others', async (request, reply) => {
    const { person, session } = await requireSession(routes, request)
    requireStepUp(hasRecentStepUp(session, services.baseContext.world))
    const deed = { person, action: 'sessions.deleted', after: { which: 'all others' } }
    const ended = await writeAsPerson(services, signInRequestOf(request), deed, (context) =>
      endSessionsOf(context, person.id, session.id),
    )
    return json(reply, { ended })
  })
}

/** Ends the session that the cookie of the request names. */
async function deleteSession({ services }: SignInRoutes, request: FastifyRequest, session: Session): Promise<void> {
  const person = await personById(services.database.read, session.userId)
  if (!person) return
  await writeAsPerson(services, signInRequestOf(request), { person, action: 'sessions.deleted' }, (context) =>
    endSession(context, session),
  )
}

const sessionLine = ({ id, createdAt, seenAt, address, client }: Session, current: Session) => ({
  id,
  'created-at': createdAt,
  'last-seen-at': seenAt,
  address,
  client,
  current: id === current.id,
})

interface Entrance {
  readonly asking: SignInRequest
  readonly site: Site
}

/** The session of a request to `/auth/…`; throws when there is none. */
export async function requireSession(
  { services, sessions }: SignInRoutes,
  request: FastifyRequest,
): Promise<SessionOfPerson> {
  requireSameSite(request)
  const found = await sessions.find(request)
  const person = found && (await personById(services.database.read, found.session.userId))
  if (!found || !person) throw new Refusal('no-session', { detail: 'You are not signed in, or no longer.' })
  return { person, session: found.session }
}

export const signInRequestOf = (request: FastifyRequest): SignInRequest => ({
  request: requestFactsOf(request, new URLSearchParams()),
  client: (request.headers['user-agent'] ?? '').replace(/[^\x20-\x7e]/g, ''),
  knownBrowser: knownBrowserOf(request),
})

export async function sendSession(routes: SignInRoutes, reply: FastifyReply, came: SignedIn): Promise<FastifyReply> {
  const person = await setCookies(routes, reply, came)
  return json(reply, await sessionBody(routes, { person, session: came.session }))
}

/** Of the session and, once it is a whole one, of a browser in which this person signed in. Returns the person as of now. */
export async function setCookies({ services }: SignInRoutes, reply: FastifyReply, came: SignedIn): Promise<Person> {
  setCookie(reply, came.secret, limits.sessionHoursMax * 3_600)
  const person = (await personById(services.database.read, came.person.id)) ?? came.person
  if (came.session.linkId === null)
    setKnownBrowser(reply, createKnownBrowserCookie(services.baseContext, person), knownBrowserDays)
  return person
}

async function sessionBody({ services }: SignInRoutes, { person, session }: SessionOfPerson) {
  const { database } = services
  const methods = await methodsOf(database.read, person)
  const { id, createdAt, expiresAt, linkId } = session
  const needs = linkId !== null ? 'credential' : person.changePasswordOnSignIn ? 'new-password' : null
  return {
    session: {
      id,
      user: { id: person.id, email: person.email, [kebab('fullName')]: person.fullName },
      accounts: linkId === null ? await namesOfAccounts(database.read, services.accountsOf(person.id)) : [],
      'created-at': createdAt,
      'expires-at': expiresAt,
      'idle-expires-at': idleExpiry(session),
      'step-up-expires-at': stepUpExpiry(session),
      needs,
      methods: {
        password: methods.password.set,
        passkeys: methods.passkeys.length,
        totp: methods.totp.on,
        'recovery-codes': methods.recoveryCodes,
      },
    },
  }
}

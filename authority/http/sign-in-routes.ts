/** Where people come in: `/auth/…`, plain JSON for the console. */
import { anyObject, kebab, limits, maybe, text } from '@mintmark/contract'
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../context.ts'
import { readPlain } from '../jsonapi/body.ts'
import type { Asking, Behind } from '../sign-in/behind.ts'
import { ownDeed } from '../sign-in/behind.ts'
import { byLink, byPasskey, byPassword, type CameIn } from '../sign-in/come-in.ts'
import { isForMembers } from '../sign-in/honoured-links.ts'
import { knownBrowserDays, newKnownBrowser } from '../sign-in/known-browser.ts'
import { findLink, namesOfAccounts } from '../sign-in/links.ts'
import { methodsOf, type Signed } from '../sign-in/methods.ts'
import { type Site, signInOptions } from '../sign-in/passkeys.ts'
import {
  endSession,
  endSessionsOf,
  idleExpiry,
  isProven,
  provenUntil,
  refuseUnproven,
  type Session,
  sessionsOf,
} from '../sign-in/sessions.ts'
import { type Person, personById } from '../users/person.ts'
import { readJsonBody } from './read-body.ts'
import { forStrangers } from './request-bodies.ts'
import { requestOf } from './routes.ts'
import { json } from './server.ts'
import { clearCookie, knownBrowserOf, type SessionDoor, setCookie, setKnownBrowser } from './session-door.ts'
import { refuseStrangeSite, siteOf } from './site.ts'

export interface SignInDoors {
  readonly behind: Behind
  readonly sessions: SessionDoor
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

export function mountSignIn(app: FastifyInstance, doors: SignInDoors): void {
  const { behind, sessions } = doors
  app.addHook('onRoute', (route) => {
    if (isForSessions(route.url, route.config))
      route.config = { ...route.config, admit: (request) => requireSigned(doors, request) }
  })
  app.get('/auth/session', async (request, reply) => {
    const found = await sessions.find(request)
    const person = found && (await personById(behind.database.read, found.session.userId))
    if (!found || !person) return json(reply, { session: null })
    return json(reply, await sessionBody(doors, { person, session: found.session }))
  })
  const enter = (
    path: string,
    come: (body: Record<string, unknown>, at: Entrance) => Promise<CameIn>,
    members: object,
  ) =>
    app.post(path, forStrangers, async (request, reply) => {
      refuseStrangeSite(request)
      const body = readPlain(readJsonBody(request), members as never)
      const replaced = await sessions.find(request)
      const came = await come(body, { asking: askingOf(request), site: siteOf(request) })
      // The cookie of the browser is overwritten: a copy of the old one must not stay valid.
      if (replaced) await deleteSession(doors, request, replaced.session)
      return welcome(doors, reply, came)
    })
  enter('/auth/sign-in', (wish, { asking }) => byPassword(behind, asking, wish as never), { email, password, code })
  enter(
    '/auth/passkey/sign-in',
    (wish, { asking, site }) => byPasskey(behind, asking, { response: wish.response, site }),
    {
      response,
    },
  )
  enter('/auth/link/use', (wish, { asking }) => byLink(behind, asking, wish as never), { secret, fullName })
  app.post('/auth/passkey/options', forStrangers, async (request, reply) => {
    refuseStrangeSite(request)
    return json(reply, await signInOptions(behind.bare, siteOf(request)))
  })
  app.post('/auth/link/open', forStrangers, async (request, reply) => {
    refuseStrangeSite(request)
    const { database, bare } = behind
    const link = await findLink(
      database.read,
      bare.world,
      readPlain(readJsonBody(request), { secret }).secret as string,
    )
    const person = await personById(database.read, link.userId)
    const [account] = await namesOfAccounts(database.read, link.accountId === null ? [] : [link.accountId])
    const isMember = await isForMembers(database.read, link)
    return json(reply, {
      purpose: link.purpose,
      needs: isMember ? 'sign-in' : 'credential',
      email: person?.email ?? null,
      'full-name': isMember ? null : (person?.fullName ?? null),
      'account-name': account?.name ?? null,
      'expires-at': link.expiresAt,
    })
  })
  mountSession(app, doors)
}

function mountSession(app: FastifyInstance, doors: SignInDoors): void {
  const { behind } = doors
  app.post('/auth/prove', async (request, reply) => {
    const { person, session } = await requireSigned(doors, request)
    const body = readJsonBody(request)
    const isPasskey = typeof body === 'object' && body !== null && 'response' in body
    const asking = askingOf(request)
    const came = isPasskey
      ? await byPasskey(
          behind,
          asking,
          { site: siteOf(request), response: readPlain(body, { response }).response },
          session,
        )
      : await byPassword(
          behind,
          asking,
          { ...(readPlain(body, { password, code }) as { password: string; code?: string }), email: person.email },
          session,
        )
    return welcome(doors, reply, came)
  })
  app.post('/auth/sign-out', forStrangers, async (request, reply) => {
    refuseStrangeSite(request)
    const found = await doors.sessions.find(request)
    if (found) await deleteSession(doors, request, found.session)
    clearCookie(reply)
    return reply.code(204).send()
  })
  app.get('/auth/sessions', async (request, reply) => {
    const { person, session } = await requireSigned(doors, request)
    const all = await sessionsOf(behind.database.read, behind.bare.world, person.id)
    return json(reply, { sessions: all.map((each) => sessionLine(each, session)) })
  })
  app.delete('/auth/sessions/:id', async (request, reply) => {
    const { person, session } = await requireSigned(doors, request)
    const { id } = request.params as { id: string }
    const all = await sessionsOf(behind.database.read, behind.bare.world, person.id)
    if (!all.some((each) => each.id === id)) throw new Refusal('not-found', { detail: 'There is no such session.' })
    if (id !== session.id) refuseUnproven(isProven(session, behind.bare.world))
    const deed = { person, action: 'sessions.deleted', after: { id } }
    await ownDeed(behind, askingOf(request), deed, (context) => endSession(context, { id, userId: person.id }))
    return reply.code(204).send()
  })
  app.post('/auth/sessions/end-others', async (request, reply) => {
    const { person, session } = await requireSigned(doors, request)
    refuseUnproven(isProven(session, behind.bare.world))
    const deed = { person, action: 'sessions.deleted', after: { which: 'all others' } }
    const ended = await ownDeed(behind, askingOf(request), deed, (context) =>
      endSessionsOf(context, person.id, session.id),
    )
    return json(reply, { ended })
  })
}

/** Ends the session that the cookie of the request names. */
async function deleteSession({ behind }: SignInDoors, request: FastifyRequest, session: Session): Promise<void> {
  const person = await personById(behind.database.read, session.userId)
  if (!person) return
  await ownDeed(behind, askingOf(request), { person, action: 'sessions.deleted' }, (context) =>
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
  readonly asking: Asking
  readonly site: Site
}

/** The session of a request to `/auth/…`; throws when there is none. */
export async function requireSigned({ behind, sessions }: SignInDoors, request: FastifyRequest): Promise<Signed> {
  refuseStrangeSite(request)
  const found = await sessions.find(request)
  const person = found && (await personById(behind.database.read, found.session.userId))
  if (!found || !person) throw new Refusal('no-session', { detail: 'You are not signed in, or no longer.' })
  return { person, session: found.session }
}

export const askingOf = (request: FastifyRequest): Asking => ({
  request: requestOf(request, new URLSearchParams()),
  client: (request.headers['user-agent'] ?? '').replace(/[^\x20-\x7e]/g, ''),
  knownBrowser: knownBrowserOf(request),
})

export async function welcome(doors: SignInDoors, reply: FastifyReply, came: CameIn): Promise<FastifyReply> {
  const person = await setCookies(doors, reply, came)
  return json(reply, await sessionBody(doors, { person, session: came.session }))
}

/** Of the session and, once it is a whole one, of a browser in which this person signed in. Returns the person as of now. */
export async function setCookies({ behind }: SignInDoors, reply: FastifyReply, came: CameIn): Promise<Person> {
  const { world, installation } = behind.bare
  setCookie(reply, came.secret, limits.sessionHoursMax * 3_600)
  const person = (await personById(behind.database.read, came.person.id)) ?? came.person
  if (came.session.linkId === null)
    setKnownBrowser(reply, newKnownBrowser(world, installation.signingKey().key, person), knownBrowserDays)
  return person
}

async function sessionBody({ behind }: SignInDoors, { person, session }: Signed) {
  const { database } = behind
  const methods = await methodsOf(database.read, person)
  const { id, createdAt, expiresAt, linkId } = session
  const needs = linkId !== null ? 'credential' : person.changePasswordOnSignIn ? 'new-password' : null
  return {
    session: {
      id,
      user: { id: person.id, email: person.email, [kebab('fullName')]: person.fullName },
      accounts: linkId === null ? await namesOfAccounts(database.read, behind.accountsOf(person.id)) : [],
      'created-at': createdAt,
      'expires-at': expiresAt,
      'idle-expires-at': idleExpiry(session),
      'proven-until': provenUntil(session),
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

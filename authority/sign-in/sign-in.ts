/**
 * Sign-in by password, passkey and sign-in link. An unknown address, a wrong password and an inactive person lead to the same
 * response after the same time, so the response does not reveal which people exist.
 */
import type { Secret } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import type { Db } from '../database/database.ts'
import { emailKey } from '../database/email-key.ts'
import { hasSecondFactor, requiresSecondFactor } from '../identity/accounts/second-factor-rule.ts'
import { isPassword } from '../identity/users/password.ts'
import {
  activate,
  type Person,
  personByEmail,
  personById,
  recordSignIn,
  setFullName,
} from '../identity/users/person.ts'
import type { Attempt } from './attempts.ts'
import type { FailureReason } from './failures.ts'
import { verifyKnownBrowserCookie } from './known-browser.ts'
import { findLink, invalidLink } from './links/links.ts'
import { isForExistingMember } from './links/usable-links.ts'
import { isVouchedFor } from './methods/credentials.ts'
import { checkAnswer, type Site, usePasskey, type VerifiedPasskey } from './methods/passkeys.ts'
import { countCode, secondFactorOf, useCode } from './methods/second-factor.ts'
import { type SignInRequest, type SignInServices, writeAsPerson } from './services.ts'
import { createSession, renewSession, type Session } from './sessions.ts'

export interface SignedIn {
  readonly person: Person
  readonly session: Session
  readonly secret: Secret
}

export interface PasswordInput {
  readonly email: string
  readonly password: string
  readonly code?: string
}

/** Within a session the person is known, so the message can be specific. */
const wrongCredentials = (session?: Session) =>
  new Refusal('wrong-credentials', {
    detail: session ? 'This is not your password.' : 'Incorrect email address or password.',
  })

/** Signs in, or re-authenticates if `session` is given. */
export async function signInWithPassword(
  services: SignInServices,
  signInRequest: SignInRequest,
  input: PasswordInput,
  session?: Session,
): Promise<SignedIn> {
  const { database, attempts } = services
  const person = await personByEmail(database.read, input.email)
  const attempt = attemptOf(services, signInRequest, input.email, person, session)
  const recordFailure = (reason: FailureReason) =>
    countFailure(services, signInRequest, person?.id ?? null, reason, session)
  await countRefusal(recordFailure, 'too-many-attempts', () => attempts.count(attempt))
  const isCorrect = await isPassword(person?.passwordHash, input.password)
  if (!person || !isCorrect || person.status === 'Inactive' || (session && session.userId !== person.id)) {
    recordFailure(person ? (isCorrect ? 'inactive-person' : 'wrong-password') : 'unknown-person')
    throw wrongCredentials(session)
  }
  if (!(await isVouchedFor({ db: database.read, world: services.baseContext.world }, person))) {
    recordFailure('password-of-others')
    throw wrongCredentials(session)
  }
  const factor = await secondFactorOf(database.read, person.id)
  if (!factor && (await isPasskeyRequired(database.read, person.id))) {
    attempts.uncount(attempt)
    throw new Refusal('forbidden', { detail: 'Your account requires a second factor. Use your passkey.' })
  }
  if (factor && input.code === undefined) {
    // The password was correct. The request that sends the code is counted separately.
    attempts.uncount(attempt)
    throw new Refusal('second-factor-required', {
      detail: 'Expected a code from your authenticator app, or a recovery code.',
      at: '/code',
    })
  }
  const code = input.code ?? ''
  const isKnown = attempt.by !== 'unknown-browser'
  const accepted = factor
    ? await countRefusal(recordFailure, 'too-many-attempts', () =>
        countCode({ database, world: services.baseContext.world }, factor, code, isKnown),
      )
    : undefined
  const signingIn = writeAsPerson(
    services,
    signInRequest,
    { person, ...signInEvent('password', session) },
    async (context) => {
      if (factor) await useCode(context, factor, code)
      await accepted?.(context.db)
      return await openSession(context, signInRequest, { person, session, hasSecondFactor: factor !== undefined })
    },
  )
  const signedIn = await countRefusal(recordFailure, 'wrong-code', () => signingIn)
  attempts.uncount(attempt)
  services.failures.succeeded(person.id)
  return signedIn
}

export async function signInWithPasskey(
  services: SignInServices,
  signInRequest: SignInRequest,
  { site, response }: { site: Site; response: unknown },
  session?: Session,
): Promise<SignedIn> {
  const { database, baseContext } = services
  const recordFailure = (reason: FailureReason, userId: string | null = session?.userId ?? null) =>
    countFailure(services, signInRequest, userId, reason, session)
  const verified: VerifiedPasskey = await countRefusal(recordFailure, 'wrong-passkey', () =>
    checkAnswer(database.read, baseContext, site, response),
  )
  const person = await personById(database.read, verified.passkey.userId)
  if (!person || person.status === 'Inactive' || (session && session.userId !== person.id)) {
    recordFailure(person?.status === 'Inactive' ? 'inactive-person' : 'wrong-passkey', person?.id ?? null)
    throw new Refusal('wrong-credentials', { detail: 'This passkey was not accepted.' })
  }
  services.failures.succeeded(person.id)
  return await writeAsPerson(
    services,
    signInRequest,
    { person, ...signInEvent('passkey', session) },
    async (context) => {
      await usePasskey(context.db, context.world, verified)
      return await openSession(context, signInRequest, { person, session, hasSecondFactor: true })
    },
  )
}

/** Starts a session in which the person can only set a passkey or a password. */
export async function signInWithLink(
  services: SignInServices,
  signInRequest: SignInRequest,
  { secret, fullName }: { secret: string; fullName?: string | null },
): Promise<SignedIn> {
  const { database, baseContext } = services
  const recordFailure = (reason: FailureReason) => countFailure(services, signInRequest, null, reason)
  const link = await countRefusal(recordFailure, 'invalid-link', () =>
    findLink(database.read, baseContext.world, secret),
  )
  const person = await personById(database.read, link.userId)
  if (!person || person.status === 'Inactive') throw invalidLink()
  if (await isForExistingMember(database.read, link))
    throw new Refusal('conflict', { detail: 'You already have an account. Sign in to accept this invitation.' })
  const after = { by: 'one-time link', purpose: link.purpose }
  return await writeAsPerson(
    services,
    signInRequest,
    { person, action: 'sessions.created', after },
    async (context) => {
      if (fullName) await setFullName(context, person.id, fullName)
      await recordSignIn(context, person.id)
      const newSession = {
        userId: person.id,
        address: signInRequest.request.address,
        client: signInRequest.client,
        linkId: link.id,
        hasSecondFactor: false,
      }
      return { person, ...(await createSession(context, newSession)) }
    },
  )
}

/** Whether a password alone is not enough, although it is for people who still have to set up a second factor. */
const isPasskeyRequired = async (db: Db, userId: string): Promise<boolean> =>
  (await requiresSecondFactor(db, userId)) && (await hasSecondFactor(db, userId))

/** Decides which counters limit this attempt. */
function attemptOf(
  { baseContext }: SignInServices,
  { request, knownBrowser }: SignInRequest,
  email: string,
  person: Person | undefined,
  session: Session | undefined,
): Attempt {
  if (session) return { by: 'session', session: session.id }
  if (person && knownBrowser !== null) {
    const browser = verifyKnownBrowserCookie(baseContext, person, knownBrowser)
    if (browser !== undefined) return { by: 'known-browser', userId: person.id, browser }
  }
  return { by: 'unknown-browser', address: request.address, email: emailKey(email) }
}

function countFailure(
  { failures }: SignInServices,
  { request }: SignInRequest,
  userId: string | null,
  reason: FailureReason,
  session?: Session,
): void {
  const during = session ? 're-authentication' : 'sign-in'
  failures.count({ userId, reason, during, address: request.address, requestId: request.id })
}

/** Runs `work` and records a failure if it throws a refusal. */
async function countRefusal<T>(
  recordFailure: (reason: FailureReason) => void,
  reason: FailureReason,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal) recordFailure(reason)
    throw error
  }
}

const signInEvent = (by: string, session: Session | undefined) => ({
  action: session ? 'sessions.reauthenticated' : 'sessions.created',
  after: { by },
})

interface Opened {
  readonly person: Person
  /** Set for a re-authentication. */
  readonly session: Session | undefined
  readonly hasSecondFactor: boolean
}

async function openSession(
  context: Context,
  { request, client }: SignInRequest,
  { person, session, hasSecondFactor }: Opened,
): Promise<SignedIn> {
  if (session) return { person, ...(await renewSession(context, session, hasSecondFactor)) }
  if (person.status === 'Pending') await activate(context, person.id)
  await recordSignIn(context, person.id)
  const newSession = { userId: person.id, address: request.address, client, linkId: null, hasSecondFactor }
  return { person, ...(await createSession(context, newSession)) }
}

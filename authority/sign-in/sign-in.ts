/**
 * The ways in: a password, a passkey, a one-time link. Who is unknown, wrong, or not active is told the same in the same
 * time, so that nobody learns by asking who there is.
 */
import type { Secret } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { emailKey } from '../database/email-key.ts'
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

/** In a session one knows who it is about; before, the same is said of everybody. */
const wrong = (of?: Session) =>
  new Refusal('wrong-credentials', {
    detail: of ? 'This is not your password.' : 'The e-mail address and the password do not belong together.',
  })

/** Signs in; in a session that is there already it proves anew who is there. */
export async function signInWithPassword(
  services: SignInServices,
  asking: SignInRequest,
  wish: PasswordInput,
  of?: Session,
): Promise<SignedIn> {
  const { database, attempts } = services
  const person = await personByEmail(database.read, wish.email)
  const attempt = attemptOf(services, asking, wish.email, person, of)
  const failed = (reason: FailureReason) => countFailure(services, asking, person?.id ?? null, reason, of)
  await counted(failed, 'too-many-attempts', () => attempts.begin(attempt))
  const isRight = await isPassword(person?.passwordHash, wish.password)
  if (!person || !isRight || person.status === 'Inactive' || (of && of.userId !== person.id)) {
    failed(person ? (isRight ? 'inactive-person' : 'wrong-password') : 'unknown-person')
    throw wrong(of)
  }
  if (!(await isVouchedFor({ db: database.read, world: services.baseContext.world }, person))) {
    failed('password-of-others')
    throw wrong(of)
  }
  const factor = await secondFactorOf(database.read, person.id)
  if (factor && wish.code === undefined) {
    // The password was no guess; the code that is sent next is counted by itself.
    attempts.forgive(attempt)
    throw new Refusal('second-factor-required', {
      detail: 'Expected a code of your app, or a recovery code.',
      at: '/code',
    })
  }
  const code = wish.code ?? ''
  const isKnown = attempt.by !== 'stranger'
  const accepted = factor
    ? await counted(failed, 'too-many-attempts', () =>
        countCode({ database, world: services.baseContext.world }, factor, code, isKnown),
      )
    : undefined
  const signingIn = writeAsPerson(services, asking, { person, ...told('password', of) }, async (context) => {
    if (factor) await useCode(context, factor, code)
    await accepted?.(context.db)
    return await enter(context, asking, person, of)
  })
  const came = await counted(failed, 'wrong-code', () => signingIn)
  attempts.forgive(attempt)
  services.failures.succeeded(person.id)
  return came
}

export async function signInWithPasskey(
  services: SignInServices,
  asking: SignInRequest,
  { site, response }: { site: Site; response: unknown },
  of?: Session,
): Promise<SignedIn> {
  const { database, baseContext } = services
  const failed = (reason: FailureReason, userId: string | null = of?.userId ?? null) =>
    countFailure(services, asking, userId, reason, of)
  const proven: VerifiedPasskey = await counted(failed, 'wrong-passkey', () =>
    checkAnswer(database.read, baseContext, site, response),
  )
  const person = await personById(database.read, proven.passkey.userId)
  if (!person || person.status === 'Inactive' || (of && of.userId !== person.id)) {
    failed(person?.status === 'Inactive' ? 'inactive-person' : 'wrong-passkey', person?.id ?? null)
    throw new Refusal('wrong-credentials', { detail: 'This passkey was not accepted.' })
  }
  services.failures.succeeded(person.id)
  return await writeAsPerson(services, asking, { person, ...told('passkey', of) }, async (context) => {
    await usePasskey(context.db, context.world, proven)
    return await enter(context, asking, person, of)
  })
}

/** A session that can do nothing but set a passkey or a password. */
export async function signInWithLink(
  services: SignInServices,
  asking: SignInRequest,
  { secret, fullName }: { secret: string; fullName?: string },
): Promise<SignedIn> {
  const { database, baseContext } = services
  const failed = (reason: FailureReason) => countFailure(services, asking, null, reason)
  const link = await counted(failed, 'invalid-link', () => findLink(database.read, baseContext.world, secret))
  const person = await personById(database.read, link.userId)
  if (!person || person.status === 'Inactive') throw invalidLink()
  if (await isForExistingMember(database.read, link))
    throw new Refusal('conflict', { detail: 'Sign in as usual to accept this invitation.' })
  const after = { by: 'one-time link', purpose: link.purpose }
  return await writeAsPerson(services, asking, { person, action: 'sessions.created', after }, async (context) => {
    if (fullName) await setFullName(context, person.id, fullName)
    await recordSignIn(context, person.id)
    const coming = { userId: person.id, address: asking.request.address, client: asking.client, linkId: link.id }
    return { person, ...(await createSession(context, coming)) }
  })
}

/** A session proves who it is about; a browser in which this person signed in before is no stranger's. */
function attemptOf(
  { baseContext }: SignInServices,
  { request, knownBrowser }: SignInRequest,
  email: string,
  person: Person | undefined,
  of: Session | undefined,
): Attempt {
  if (of) return { by: 'session', session: of.id }
  if (person && knownBrowser !== null) {
    const browser = verifyKnownBrowserCookie(baseContext, person, knownBrowser)
    if (browser !== undefined) return { by: 'known-browser', userId: person.id, browser }
  }
  return { by: 'stranger', address: request.address, email: emailKey(email) }
}

function countFailure(
  { failures }: SignInServices,
  { request }: SignInRequest,
  userId: string | null,
  reason: FailureReason,
  of?: Session,
): void {
  const during = of ? 're-authentication' : 'sign-in'
  failures.count({ userId, reason, during, address: request.address, requestId: request.id })
}

/** Counts a failure when the work refuses. */
async function counted<T>(
  failed: (reason: FailureReason) => void,
  reason: FailureReason,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal) failed(reason)
    throw error
  }
}

const told = (by: string, of: Session | undefined) => ({
  action: of ? 'sessions.reauthenticated' : 'sessions.created',
  after: { by },
})

async function enter(
  context: Context,
  { request, client }: SignInRequest,
  person: Person,
  of: Session | undefined,
): Promise<SignedIn> {
  if (of) return { person, ...(await renewSession(context, of)) }
  if (person.status === 'Pending') await activate(context, person.id)
  await recordSignIn(context, person.id)
  const coming = { userId: person.id, address: request.address, client, linkId: null }
  return { person, ...(await createSession(context, coming)) }
}

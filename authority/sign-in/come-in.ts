/**
 * The ways in: a password, a passkey, a one-time link. Who is unknown, wrong, or not active is told the same in the same
 * time, so that nobody learns by asking who there is.
 */
import type { Secret } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { emailKey } from '../database/email-key.ts'
import { isPassword } from '../users/password.ts'
import { activate, cameIn, nameThem, type Person, personByEmail, personById } from '../users/person.ts'
import type { Attempt } from './attempts.ts'
import { type Asking, type Behind, ownDeed } from './behind.ts'
import { isVouchedFor } from './credentials.ts'
import type { FailureReason } from './failures.ts'
import { isForMembers } from './honoured-links.ts'
import { readKnownBrowser } from './known-browser.ts'
import { deadLink, findLink } from './links.ts'
import { checkAnswer, type Proven, type Site, usePasskey } from './passkeys.ts'
import { countCode, secondFactorOf, useCode } from './second-factor.ts'
import { beginSession, renewSession, type Session } from './sessions.ts'

export interface CameIn {
  readonly person: Person
  readonly session: Session
  readonly secret: Secret
}

export interface PasswordWish {
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
export async function byPassword(behind: Behind, asking: Asking, wish: PasswordWish, of?: Session): Promise<CameIn> {
  const { database, attempts } = behind
  const person = await personByEmail(database.read, wish.email)
  const attempt = attemptOf(behind, asking, wish.email, person, of)
  const failed = (reason: FailureReason) => countFailure(behind, asking, person?.id ?? null, reason, of)
  await counted(failed, 'too-many-attempts', () => attempts.begin(attempt))
  const isRight = await isPassword(person?.passwordHash, wish.password)
  if (!person || !isRight || person.status === 'Inactive' || (of && of.userId !== person.id)) {
    failed(person ? (isRight ? 'inactive-person' : 'wrong-password') : 'unknown-person')
    throw wrong(of)
  }
  if (!(await isVouchedFor({ db: database.read, world: behind.bare.world }, person))) {
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
        countCode({ database, world: behind.bare.world }, factor, code, isKnown),
      )
    : undefined
  const signingIn = ownDeed(behind, asking, { person, ...told('password', of) }, async (context) => {
    if (factor) await useCode(context, factor, code)
    await accepted?.(context.db)
    return await enter(context, asking, person, of)
  })
  const came = await counted(failed, 'wrong-code', () => signingIn)
  attempts.forgive(attempt)
  behind.failures.succeeded(person.id)
  return came
}

export async function byPasskey(
  behind: Behind,
  asking: Asking,
  { site, response }: { site: Site; response: unknown },
  of?: Session,
): Promise<CameIn> {
  const { database, bare } = behind
  const failed = (reason: FailureReason, userId: string | null = of?.userId ?? null) =>
    countFailure(behind, asking, userId, reason, of)
  const proven: Proven = await counted(failed, 'wrong-passkey', () => checkAnswer(database.read, bare, site, response))
  const person = await personById(database.read, proven.passkey.userId)
  if (!person || person.status === 'Inactive' || (of && of.userId !== person.id)) {
    failed(person?.status === 'Inactive' ? 'inactive-person' : 'wrong-passkey', person?.id ?? null)
    throw new Refusal('wrong-credentials', { detail: 'This passkey was not accepted.' })
  }
  behind.failures.succeeded(person.id)
  return await ownDeed(behind, asking, { person, ...told('passkey', of) }, async (context) => {
    await usePasskey(context.db, context.world, proven)
    return await enter(context, asking, person, of)
  })
}

/** A session that can do nothing but set a passkey or a password. */
export async function byLink(
  behind: Behind,
  asking: Asking,
  { secret, fullName }: { secret: string; fullName?: string },
): Promise<CameIn> {
  const { database, bare } = behind
  const failed = (reason: FailureReason) => countFailure(behind, asking, null, reason)
  const link = await counted(failed, 'invalid-link', () => findLink(database.read, bare.world, secret))
  const person = await personById(database.read, link.userId)
  if (!person || person.status === 'Inactive') throw deadLink()
  if (await isForMembers(database.read, link))
    throw new Refusal('conflict', { detail: 'Sign in as usual to accept this invitation.' })
  const after = { by: 'one-time link', purpose: link.purpose }
  return await ownDeed(behind, asking, { person, action: 'sessions.created', after }, async (context) => {
    if (fullName) await nameThem(context, person.id, fullName)
    await cameIn(context, person.id)
    const coming = { userId: person.id, address: asking.request.address, client: asking.client, linkId: link.id }
    return { person, ...(await beginSession(context, coming)) }
  })
}

/** A session proves who it is about; a browser in which this person signed in before is no stranger's. */
function attemptOf(
  { bare }: Behind,
  { request, knownBrowser }: Asking,
  email: string,
  person: Person | undefined,
  of: Session | undefined,
): Attempt {
  if (of) return { by: 'session', session: of.id }
  const { key } = bare.installation.signingKey()
  const browser = person && knownBrowser !== null ? readKnownBrowser(bare.world, key, person, knownBrowser) : undefined
  if (browser !== undefined) return { by: 'known-browser', browser }
  return { by: 'stranger', address: request.address, email: emailKey(email) }
}

function countFailure(
  { failures }: Behind,
  { request }: Asking,
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
  action: of ? 'sessions.proven' : 'sessions.created',
  after: { by },
})

async function enter(
  context: Context,
  { request, client }: Asking,
  person: Person,
  of: Session | undefined,
): Promise<CameIn> {
  if (of) return { person, ...(await renewSession(context, of)) }
  if (person.status === 'Pending') await activate(context, person.id)
  await cameIn(context, person.id)
  const coming = { userId: person.id, address: request.address, client, linkId: null }
  return { person, ...(await beginSession(context, coming)) }
}

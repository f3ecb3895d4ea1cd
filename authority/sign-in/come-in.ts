/**
 * The ways in: a password, a passkey, a one-time link. Who is unknown, wrong, or not active is told the same in the same
 * time, so that nobody learns by asking who there is.
 */
import type { Secret } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { isPassword } from '../users/password.ts'
import { activate, cameIn, nameThem, type Person, personByEmail, personById } from '../users/person.ts'
import { type Asking, type Behind, ownDeed } from './behind.ts'
import { isVouchedFor } from './credentials.ts'
import { isForMembers } from './honoured-links.ts'
import { deadLink, findLink } from './links.ts'
import { checkAnswer, type Proven, type Site, usePasskey } from './passkeys.ts'
import { secondFactorOf, useCode } from './second-factor.ts'
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
  const { address } = asking.request
  attempts.begin(address, wish.email)
  const person = await personByEmail(database.read, wish.email)
  const isRight = await isPassword(person?.passwordHash, wish.password)
  if (!person || !isRight || person.status === 'Inactive' || (of && of.userId !== person.id)) throw wrong(of)
  if (!(await isVouchedFor(database.read, person))) throw wrong(of)
  const factor = await secondFactorOf(database.read, person.id)
  if (factor && wish.code === undefined) {
    // The password was no guess; the code that is sent next is counted by itself.
    attempts.forgive(address, wish.email)
    throw new Refusal('second-factor-required', {
      detail: 'Expected a code of your app, or a recovery code.',
      at: '/code',
    })
  }
  const came = await ownDeed(behind, asking, { person, ...told('password', of) }, async (context) => {
    if (factor) await useCode(context, factor, wish.code ?? '')
    return await enter(context, asking, person, of)
  })
  attempts.forgive(address, wish.email)
  return came
}

export async function byPasskey(
  behind: Behind,
  asking: Asking,
  { site, response }: { site: Site; response: unknown },
  of?: Session,
): Promise<CameIn> {
  const { database, bare } = behind
  const proven: Proven = await checkAnswer(database.read, bare, site, response)
  const person = await personById(database.read, proven.passkey.userId)
  if (!person || person.status === 'Inactive' || (of && of.userId !== person.id))
    throw new Refusal('wrong-credentials', { detail: 'This passkey was not accepted.' })
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
  const link = await findLink(database.read, bare.world, secret)
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

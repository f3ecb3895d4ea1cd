/** How a person signs in, and how that is changed. The first method that is set ends the one-time link it was set by. */

import { type Context, Refusal } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { acceptInvitation } from '../../identity/accounts/accept-invitation.ts'
import { hashPassword, isPassword } from '../../identity/users/password.ts'
import { activate, type Person, personById, removePassword, setPassword } from '../../identity/users/person.ts'
import { trustMember } from '../../rights/vouched-members.ts'
import { requireStepUp } from '../../step-up.ts'
import { creatorOfLink, invalidLink, redeemLink, requireUsableLink } from '../links/links.ts'
import { type SignInRequest, type SignInServices, writeAsPerson } from '../services.ts'
import { endSessionsOf, hasRecentStepUp, renewSession, type Session } from '../sessions.ts'
import type { SignedIn } from '../sign-in.ts'
import { type CredentialName, notifyCredentialChange } from './credential-change.ts'
import { isVouchedFor } from './credentials.ts'
import {
  addPasskey,
  checkRegistration,
  dropPasskey,
  type PasskeyRow,
  passkeysOf,
  registrationOptions,
  type Site,
} from './passkeys.ts'
import {
  confirmFactor,
  dropSecondFactor,
  newRecoveryCodes,
  newSeed,
  pendingFactorOf,
  recoveryCodesLeft,
  secondFactorOf,
  useCode,
} from './second-factor.ts'
import { knownOf, refuseWeak } from './strength.ts'

export interface SessionOfPerson {
  readonly person: Person
  readonly session: Session
}

export interface Methods {
  readonly password: { readonly set: boolean; readonly changedAt: string | null }
  readonly passkeys: readonly Pick<PasskeyRow, 'id' | 'name' | 'createdAt' | 'lastUsedAt'>[]
  readonly totp: { readonly on: boolean; readonly since: string | null }
  readonly recoveryCodes: number
}

export async function methodsOf(db: Db, person: Person): Promise<Methods> {
  const factor = await secondFactorOf(db, person.id)
  const passkeys = await passkeysOf(db, person.id)
  return {
    password: { set: person.passwordHash !== null, changedAt: person.passwordChangedAt },
    passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt }) => ({ id, name, createdAt, lastUsedAt })),
    totp: { on: factor !== undefined, since: factor?.confirmedAt ?? null },
    recoveryCodes: factor ? await recoveryCodesLeft(db, person.id) : 0,
  }
}

/** Sets or replaces the password; every other session ends, for it may have been begun with the old one. */
export async function changePassword(
  services: SignInServices,
  asking: SignInRequest,
  signed: SessionOfPerson,
  password: string,
): Promise<SignedIn> {
  requireStepUp(hasRecentStepUp(signed.session, services.baseContext.world))
  await refuseWeak({}, password, await knownOf(services.database.read, signed.person))
  await refuseFirstPassword(signed.person, password)
  const passwordHash = await hashPassword(services.baseContext, password)
  const deed = { action: 'users.password-changed', change: 'password' } as const
  return await changeCredential(services, asking, signed, deed, async (context) => {
    await refuseOutgrown(context, signed)
    await setPassword(context, signed.person.id, passwordHash)
    return await settle(context, signed, null)
  })
}

/** A first password is known to whoever chose it. */
async function refuseFirstPassword({ changePasswordOnSignIn, passwordHash }: Person, password: string): Promise<void> {
  if (changePasswordOnSignIn === 0 || !(await isPassword(passwordHash, password))) return
  throw new Refusal('invalid-attribute', {
    detail: 'Expected another password than the one that was chosen for you.',
    at: '/password',
  })
}

/** Before the device makes a passkey, or one that is not taken then would stay on it. */
export async function passkeyOptions(services: SignInServices, { person, session }: SessionOfPerson, site: Site) {
  requireStepUp(hasRecentStepUp(session, services.baseContext.world))
  return await registrationOptions(services.database.read, services.baseContext, site, person)
}

export async function registerPasskey(
  services: SignInServices,
  asking: SignInRequest,
  signed: SessionOfPerson,
  wish: { site: Site; name: string; response: unknown },
): Promise<SignedIn & { passkey: PasskeyRow }> {
  requireStepUp(hasRecentStepUp(signed.session, services.baseContext.world))
  const { site, ...given } = wish
  const registration = await checkRegistration(services.baseContext, site, signed.person, given)
  const { row } = registration
  const after = { id: row.id, name: row.name }
  const deed = { action: 'passkeys.created', change: 'passkey-added', after } as const
  return await changeCredential(services, asking, signed, deed, async (context) => {
    await refuseOutgrown(context, signed)
    await addPasskey(context, registration)
    return { ...(await settle(context, signed, row.id)), passkey: row }
  })
}

/** The last way in stays. */
export async function removePasskey(
  services: SignInServices,
  asking: SignInRequest,
  signed: SessionOfPerson,
  id: string,
): Promise<void> {
  requireStepUp(hasRecentStepUp(signed.session, services.baseContext.world))
  const { person } = signed
  const deed = { action: 'passkeys.deleted', change: 'passkey-removed', after: { id } } as const
  await changeCredential(services, asking, signed, deed, async (context) => {
    const passkeys = await passkeysOf(context.db, person.id)
    if (!passkeys.some((passkey) => passkey.id === id))
      throw new Refusal('not-found', { detail: 'There is no such passkey.' })
    if (passkeys.length === 1 && person.passwordHash === null)
      throw new Refusal('conflict', { detail: 'This is your last way in. Add another passkey or a password first.' })
    await dropPasskey(context, id)
  })
}

export async function beginSecondFactor(
  services: SignInServices,
  asking: SignInRequest,
  { person, session }: SessionOfPerson,
) {
  requireStepUp(hasRecentStepUp(session, services.baseContext.world))
  const { database } = services
  if (person.passwordHash === null)
    throw new Refusal('conflict', { detail: 'A one-time password stands beside a password. Set a password first.' })
  if (await secondFactorOf(database.read, person.id))
    throw new Refusal('conflict', { detail: 'One-time passwords are on already. Turn them off first.' })
  const deed = { person, action: 'one-time-passwords.begun' }
  return await writeAsPerson(services, asking, deed, (context) => newSeed(context, person.id, person.email))
}

export async function confirmSecondFactor(
  services: SignInServices,
  asking: SignInRequest,
  signed: SessionOfPerson,
  code: string,
): Promise<string[]> {
  const { person, session } = signed
  requireStepUp(hasRecentStepUp(session, services.baseContext.world))
  const attempt = { by: 'session', session: session.id } as const
  services.attempts.begin(attempt)
  const deed = { action: 'one-time-passwords.on', change: 'one-time-passwords-on' } as const
  const codes = await changeCredential(services, asking, signed, deed, async (context) => {
    const factor = await pendingFactorOf(context.db, person.id)
    if (!factor || factor.confirmedAt) throw new Refusal('conflict', { detail: 'Begin with a new secret first.' })
    await useCode(context, factor, code)
    return await confirmFactor(context, person.id)
  })
  services.attempts.forgive(attempt)
  return codes
}

export async function endSecondFactor(
  services: SignInServices,
  asking: SignInRequest,
  signed: SessionOfPerson,
): Promise<void> {
  requireStepUp(hasRecentStepUp(signed.session, services.baseContext.world))
  const deed = { action: 'one-time-passwords.off', change: 'one-time-passwords-off' } as const
  await changeCredential(services, asking, signed, deed, ({ db }) => dropSecondFactor(db, signed.person.id))
}

export async function renewRecoveryCodes(services: SignInServices, asking: SignInRequest, signed: SessionOfPerson) {
  const { person, session } = signed
  requireStepUp(hasRecentStepUp(session, services.baseContext.world))
  if (!(await secondFactorOf(services.database.read, person.id)))
    throw new Refusal('conflict', { detail: 'Recovery codes stand beside one-time passwords. Turn those on first.' })
  const deed = { action: 'recovery-codes.created', change: 'recovery-codes' } as const
  return await changeCredential(services, asking, signed, deed, (context) => newRecoveryCodes(context, person.id))
}

/** Rights may have come since the link was opened, or since somebody signed in with a password that another chose. */
async function refuseOutgrown(context: Context, { person, session }: SessionOfPerson): Promise<void> {
  if (session.linkId !== null) return await requireUsableLink(context, session.linkId)
  const now = await personById(context.db, person.id)
  if (!now || !(await isVouchedFor(context, now))) throw invalidLink()
}

interface CredentialChange {
  readonly action: string
  readonly change: CredentialName
  readonly after?: Record<string, unknown>
}

/** Every change of how a person signs in ends their other sessions and is told to them. */
function changeCredential<T>(
  services: SignInServices,
  asking: SignInRequest,
  { person, session }: SessionOfPerson,
  { change, ...deed }: CredentialChange,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  return writeAsPerson(services, asking, { person, ...deed }, async (context) => {
    // The first credential of somebody who was invited is no news.
    const isFirst = !(await hasCredentials(context.db, person))
    const done = await work(context)
    await endSessionsOf(context, person.id, session.id)
    if (!isFirst) await notifyCredentialChange(context, person.id, { change, client: asking.client })
    return done
  })
}

const hasCredentials = async (db: Db, person: Person): Promise<boolean> =>
  person.passwordHash !== null || (await passkeysOf(db, person.id)).length > 0

/**
 * A session that was begun with a link becomes a whole one: the link is used up, and membership begins in the account that
 * it invites to. A first credential that came another way (a first password, a link made at the machine) stands for the
 * invitation of the account that added the person, and of no other. `passkeyId`: what was set; null: a password.
 */
async function settle(
  context: Context,
  { person, session }: SessionOfPerson,
  passkeyId: string | null,
): Promise<SignedIn> {
  const { homeAccountId, passwordSetById, passwordSetTokenId } = person
  let invitedTo = person.changePasswordOnSignIn === 1 ? homeAccountId : null
  let by = passwordSetById === null ? null : { id: passwordSetById, tokenId: passwordSetTokenId }
  if (session.linkId !== null) {
    const link = await redeemLink(context, session.linkId)
    const { purpose, accountId } = link
    by = creatorOfLink(link)
    if (by === null) await trustMember(context.db, person.id)
    if (purpose !== 'recovery') invitedTo = purpose === 'invitation' ? accountId : homeAccountId
    // Whoever needs a link has lost the rest, and nobody knows to whom.
    if (passkeyId !== null) await removePassword(context.db, person.id)
    for (const { id } of await passkeysOf(context.db, person.id)) if (id !== passkeyId) await dropPasskey(context, id)
    await dropSecondFactor(context.db, person.id)
    await endSessionsOf(context, person.id, session.id)
    if (person.status === 'Pending') await activate(context, person.id)
  }
  if (invitedTo !== null) await acceptInvitation(context, invitedTo, person.id, by)
  return { person, ...(await renewSession(context, session)) }
}

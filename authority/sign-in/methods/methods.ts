/** Changes to the sign-in methods of a person. Setting the first method redeems the sign-in link of the session. */

import { type Context, Refusal } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { acceptInvitation } from '../../identity/accounts/accept-invitation.ts'
import { hashPassword, isPassword } from '../../identity/users/password.ts'
import { activate, type Person, personById, removePassword, setPassword } from '../../identity/users/person.ts'
import { trustMember, vouchForRecovered } from '../../rights/vouched-members.ts'
import { creatorOfLink, invalidLink, redeemLink, requireUsableLink } from '../links/links.ts'
import { type SignInRequest, type SignInServices, writeAsPerson } from '../services.ts'
import { addSecondFactor, endSessionsOf, renewSession, type Session } from '../sessions.ts'
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
import { assertStrongPassword, passwordContextOf } from './strength.ts'

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

/** Sets or replaces the password and ends all other sessions, because an attacker may have started one with the old password. */
export async function changePassword(
  services: SignInServices,
  request: SignInRequest,
  signed: SessionOfPerson,
  password: string,
): Promise<SignedIn> {
  await assertStrongPassword({}, password, await passwordContextOf(services.database.read, signed.person))
  await assertNotFirstPassword(signed.person, password)
  const passwordHash = await hashPassword(services.baseContext, password)
  const event = { action: 'users.password-changed', change: 'password' } as const
  return await changeCredential(services, request, signed, event, async (context) => {
    await assertCreatorHoldsRights(context, signed)
    await setPassword(context, signed.person.id, passwordHash)
    return await completeSignIn(context, signed, null)
  })
}

/** The creator of a first password knows it, so the person must choose a different one. */
async function assertNotFirstPassword(
  { changePasswordOnSignIn, passwordHash }: Person,
  password: string,
): Promise<void> {
  if (changePasswordOnSignIn === 0 || !(await isPassword(passwordHash, password))) return
  throw new Refusal('invalid-attribute', { detail: 'Expected a password other than the first one.', at: '/password' })
}

/** Requires step-up already here: a passkey that the server rejects later would stay on the person's device. */
export async function passkeyOptions(services: SignInServices, { person }: SessionOfPerson, site: Site) {
  return await registrationOptions(services.database.read, services.baseContext, site, person)
}

export async function registerPasskey(
  services: SignInServices,
  request: SignInRequest,
  signed: SessionOfPerson,
  input: { site: Site; name: string; response: unknown },
): Promise<SignedIn & { passkey: PasskeyRow }> {
  const { site, ...attributes } = input
  const registration = await checkRegistration(services.baseContext, site, signed.person, attributes)
  const { row } = registration
  const after = { id: row.id, name: row.name }
  const event = { action: 'passkeys.created', change: 'passkey-added', after } as const
  return await changeCredential(services, request, signed, event, async (context) => {
    await assertCreatorHoldsRights(context, signed)
    await addPasskey(context, registration)
    return { ...(await completeSignIn(context, signed, row.id)), passkey: row }
  })
}

/** Refuses to remove the last sign-in method. */
export async function removePasskey(
  services: SignInServices,
  request: SignInRequest,
  signed: SessionOfPerson,
  id: string,
): Promise<void> {
  const { person } = signed
  const event = { action: 'passkeys.deleted', change: 'passkey-removed', after: { id } } as const
  await changeCredential(services, request, signed, event, async (context) => {
    const passkeys = await passkeysOf(context.db, person.id)
    if (!passkeys.some((passkey) => passkey.id === id))
      throw new Refusal('not-found', { detail: 'There is no such passkey.' })
    if (passkeys.length === 1 && person.passwordHash === null)
      throw new Refusal('conflict', { detail: 'This is your only sign-in method. Add another one first.' })
    await dropPasskey(context, id)
  })
}

export async function beginSecondFactor(services: SignInServices, request: SignInRequest, { person }: SessionOfPerson) {
  const { database } = services
  if (person.passwordHash === null)
    throw new Refusal('conflict', { detail: 'One-time passwords require a password. Set a password first.' })
  if (await secondFactorOf(database.read, person.id))
    throw new Refusal('conflict', { detail: 'One-time passwords are already turned on. Turn them off first.' })
  const event = { person, action: 'one-time-passwords.begun' }
  return await writeAsPerson(services, request, event, (context) => newSeed(context, person.id, person.email))
}

export async function confirmSecondFactor(
  services: SignInServices,
  request: SignInRequest,
  signed: SessionOfPerson,
  code: string,
): Promise<string[]> {
  const { person, session } = signed
  const attempt = { by: 'session', session: session.id } as const
  services.attempts.count(attempt)
  const event = { action: 'one-time-passwords.on', change: 'one-time-passwords-on' } as const
  const codes = await changeCredential(services, request, signed, event, async (context) => {
    const factor = await pendingFactorOf(context.db, person.id)
    if (!factor || factor.confirmedAt) throw new Refusal('conflict', { detail: 'Request a new secret first.' })
    await useCode(context, factor, code)
    await addSecondFactor(context.db, session)
    return await confirmFactor(context, person.id)
  })
  services.attempts.uncount(attempt)
  return codes
}

export async function endSecondFactor(
  services: SignInServices,
  request: SignInRequest,
  signed: SessionOfPerson,
): Promise<void> {
  const event = { action: 'one-time-passwords.off', change: 'one-time-passwords-off' } as const
  await changeCredential(services, request, signed, event, ({ db }) => dropSecondFactor(db, signed.person.id))
}

export async function renewRecoveryCodes(services: SignInServices, request: SignInRequest, signed: SessionOfPerson) {
  const { person } = signed
  if (!(await secondFactorOf(services.database.read, person.id)))
    throw new Refusal('conflict', { detail: 'Recovery codes require one-time passwords. Turn them on first.' })
  const event = { action: 'recovery-codes.created', change: 'recovery-codes' } as const
  return await changeCredential(services, request, signed, event, (context) => newRecoveryCodes(context, person.id))
}

/** Checked in the transaction, because the person may have been granted more rights since they signed in. */
async function assertCreatorHoldsRights(context: Context, { person, session }: SessionOfPerson): Promise<void> {
  if (session.linkId !== null) return await requireUsableLink(context, session.linkId)
  const now = await personById(context.db, person.id)
  if (!now || !(await isVouchedFor(context, now))) throw invalidLink()
}

interface CredentialChange {
  readonly action: string
  readonly change: CredentialName
  readonly after?: Record<string, unknown>
}

/** Runs a change to a sign-in method, ends the person's other sessions, and notifies the person. */
function changeCredential<T>(
  services: SignInServices,
  request: SignInRequest,
  { person, session }: SessionOfPerson,
  { change, ...event }: CredentialChange,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  return writeAsPerson(services, request, { person, ...event }, async (context) => {
    // No notification about the first credential of an invited person.
    const isFirst = !(await hasCredentials(context.db, person))
    const result = await work(context)
    await endSessionsOf(context, person.id, session.id)
    if (!isFirst) await notifyCredentialChange(context, person.id, { change, client: request.client })
    return result
  })
}

const hasCredentials = async (db: Db, person: Person): Promise<boolean> =>
  person.passwordHash !== null || (await passkeysOf(db, person.id)).length > 0

/**
 * Completes a sign-in after the person set a credential: redeems the session's link and accepts the invitation to its account.
 * A first password, or a link from `mintmark sign-in-link`, accepts only the invitation to the account that created the
 * person. `passkeyId` is the passkey that was set, or null for a password.
 */
async function completeSignIn(
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
    else if (purpose === 'recovery') await vouchForRecovered(context.db, context.actor.accounts, person.id, by)
    if (purpose !== 'recovery') invitedTo = purpose === 'invitation' ? accountId : homeAccountId
    // A person who needs a link has lost their other credentials, and an attacker may have them.
    if (passkeyId !== null) await removePassword(context.db, person.id)
    for (const { id } of await passkeysOf(context.db, person.id)) if (id !== passkeyId) await dropPasskey(context, id)
    await dropSecondFactor(context.db, person.id)
    await endSessionsOf(context, person.id, session.id)
    if (person.status === 'Pending') await activate(context, person.id)
  }
  if (invitedTo !== null) await acceptInvitation(context, invitedTo, person.id, by)
  const hasSecondFactor = passkeyId !== null || session.hasSecondFactor === 1
  return { person, ...(await renewSession(context, session, hasSecondFactor)) }
}

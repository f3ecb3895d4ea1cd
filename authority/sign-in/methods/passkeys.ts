/** Passkeys (WebAuthn): the library speaks the protocol; here is what is asked for, what is kept and what is refused. */
import { limits } from '@mintmark/contract'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { type Context, type Installation, Refusal, type World } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import type { Person } from '../../identity/users/person.ts'
import { newId } from '../../ids.ts'
import { challengeMilliseconds, isChallenge, newChallenge, useChallenge } from './challenge.ts'
import {
  deletePasskey,
  findPasskey,
  findPasskeysOf,
  insertPasskey,
  type PasskeyRow,
  updatePasskey,
} from './passkey-store.ts'

export type { PasskeyRow }

/** The site as the browser sees it. */
export interface Site {
  /** Its host name without a port. */
  readonly name: string
  readonly origins: string[]
}

interface Here {
  readonly world: World
  readonly installation: Installation
}

/** EdDSA, ES256 and RS256, by their COSE numbers. */
const algorithms = [-8, -7, -257]

// Loaded with the first passkey: most processes never see one.
const library = () => import('@simplewebauthn/server')

const keyOf = ({ installation }: Here): Uint8Array => installation.signingKey().key

/** Names nobody: the browser shows the passkeys that it has for this site. */
export async function signInOptions(here: Here, site: Site): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library()
  return generateAuthenticationOptions({
    rpID: site.name,
    challenge: newChallenge(here.world, keyOf(here), 'sign-in'),
    timeout: challengeMilliseconds,
    userVerification: 'required',
  })
}

export interface VerifiedPasskey {
  readonly passkey: PasskeyRow
  readonly counter: number
  readonly challenge: string
}

/** Checks an answer without writing: `usePasskey` writes it down, in the deed that rests on it. */
export async function checkAnswer(db: Db, here: Here, site: Site, response: unknown): Promise<VerifiedPasskey> {
  const answer = response as AuthenticationResponseJSON
  const passkey = typeof answer?.id === 'string' ? await findPasskey(db, answer.id) : undefined
  if (!passkey) throw unknownPasskey()
  const { verifyAuthenticationResponse } = await library()
  let challenge = ''
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer,
      expectedChallenge: (text) => {
        challenge = text
        return isChallenge(here.world, keyOf(here), 'sign-in', text)
      },
      expectedOrigin: site.origins,
      expectedRPID: site.name,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(passkey.publicKey),
        counter: passkey.counter,
        transports: JSON.parse(passkey.transports),
      },
    })
    if (verified) return { passkey, counter: authenticationInfo.newCounter, challenge }
  } catch {
    // What exactly was wrong helps only who forges.
  }
  throw unknownPasskey()
}

const unknownPasskey = () => new Refusal('wrong-credentials', { detail: 'This passkey was not accepted.' })

export async function usePasskey(
  db: Db,
  world: World,
  { passkey, counter, challenge }: VerifiedPasskey,
): Promise<void> {
  await useChallenge(db, world, challenge)
  await updatePasskey(db, passkey.id, { counter, lastUsedAt: world.now().toISOString() })
}

export async function registrationOptions(
  db: Db,
  here: Here,
  site: Site,
  person: Person,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await library()
  const known = await findPasskeysOf(db, person.id)
  return generateRegistrationOptions({
    rpName: 'Mintmark',
    rpID: site.name,
    userName: person.email,
    userDisplayName: person.fullName ?? person.email,
    userID: new TextEncoder().encode(person.id),
    challenge: newChallenge(here.world, keyOf(here), `register ${person.id}`),
    timeout: challengeMilliseconds,
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId, transports }) => ({
      id: credentialId,
      transports: JSON.parse(transports),
    })),
    supportedAlgorithmIDs: algorithms,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** The new passkey as it will be stored; nothing is written. */
export async function checkRegistration(
  here: Here,
  site: Site,
  person: Person,
  { name, response }: { name: string; response: unknown },
): Promise<{ row: PasskeyRow; challenge: string }> {
  const { world } = here
  const { verifyRegistrationResponse } = await library()
  let challenge = ''
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: (text) => {
        challenge = text
        return isChallenge(world, keyOf(here), `register ${person.id}`, text)
      },
      expectedOrigin: site.origins,
      expectedRPID: site.name,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    })
    if (registrationInfo) {
      const { id, publicKey, counter, transports = [] } = registrationInfo.credential
      const row = {
        id: newId(world, 'pk'),
        credentialId: id,
        userId: person.id,
        publicKey,
        counter,
        transports: JSON.stringify(transports),
        name,
        createdAt: world.now().toISOString(),
        lastUsedAt: null,
      }
      return { row, challenge }
    }
  } catch {
    // Said below, the same for all that can be wrong.
  }
  throw new Refusal('invalid-attribute', { detail: 'This passkey could not be proven. Try again.', at: '/response' })
}

export async function addPasskey(
  { db, world }: Context,
  { row, challenge }: { row: PasskeyRow; challenge: string },
): Promise<void> {
  await useChallenge(db, world, challenge)
  if ((await findPasskeysOf(db, row.userId)).length >= limits.passkeysPerUser)
    throw new Refusal('conflict', { detail: `Expected at most ${limits.passkeysPerUser} passkeys.` })
  await insertPasskey(db, row)
}

export const passkeysOf = (db: Db, userId: string): Promise<PasskeyRow[]> => findPasskeysOf(db, userId)
export const dropPasskey = ({ db }: Context, id: string): Promise<void> => deletePasskey(db, id)

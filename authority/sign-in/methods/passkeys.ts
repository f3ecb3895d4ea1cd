/** Passkeys (WebAuthn): options, verification and storage. SimpleWebAuthn implements the protocol. */
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

/** The relying party: the host name and origins of the console as the browser sees them. */
export interface Site {
  /** The host name without a port. */
  readonly name: string
  readonly origins: string[]
}

interface PasskeyServices {
  readonly world: World
  readonly installation: Installation
}

/** COSE identifiers of EdDSA, ES256 and RS256. */
const algorithms = [-8, -7, -257]

// Loaded on first use: most processes never need it.
const library = () => import('@simplewebauthn/server')

const keyOf = ({ installation }: PasskeyServices): Uint8Array => installation.signingKey().key

/** The options list no credentials, so the browser offers all passkeys that it has for this site. */
export async function signInOptions(
  services: PasskeyServices,
  site: Site,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library()
  return generateAuthenticationOptions({
    rpID: site.name,
    challenge: newChallenge(services.world, keyOf(services), 'sign-in'),
    timeout: challengeMilliseconds,
    userVerification: 'required',
  })
}

export interface VerifiedPasskey {
  readonly passkey: PasskeyRow
  readonly counter: number
  readonly challenge: string
}

/** Verifies a response without writing. `usePasskey` records the use in the transaction of the sign-in. */
export async function checkAnswer(
  db: Db,
  services: PasskeyServices,
  site: Site,
  response: unknown,
): Promise<VerifiedPasskey> {
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
        return isChallenge(services.world, keyOf(services), 'sign-in', text)
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
    // The reason would only help an attacker.
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
  services: PasskeyServices,
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
    challenge: newChallenge(services.world, keyOf(services), `register ${person.id}`),
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

/** Verifies a registration and returns the row to store, without writing. */
export async function checkRegistration(
  services: PasskeyServices,
  site: Site,
  person: Person,
  { name, response }: { name: string; response: unknown },
): Promise<{ row: PasskeyRow; challenge: string }> {
  const { world } = services
  const { verifyRegistrationResponse } = await library()
  let challenge = ''
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: (text) => {
        challenge = text
        return isChallenge(world, keyOf(services), `register ${person.id}`, text)
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
    // The refusal below is the same for every cause.
  }
  throw new Refusal('invalid-attribute', { detail: 'This passkey could not be verified. Try again.', at: '/response' })
}

export async function addPasskey(
  { db, world }: Pick<Context, 'db' | 'world'>,
  { row, challenge }: { row: PasskeyRow; challenge: string },
): Promise<void> {
  await useChallenge(db, world, challenge)
  if ((await findPasskeysOf(db, row.userId)).length >= limits.passkeysPerUser)
    throw new Refusal('conflict', { detail: `Expected at most ${limits.passkeysPerUser} passkeys.` })
  await insertPasskey(db, row)
}

export const passkeysOf = (db: Db, userId: string): Promise<PasskeyRow[]> => findPasskeysOf(db, userId)
export const dropPasskey = ({ db }: Pick<Context, 'db'>, id: string): Promise<void> => deletePasskey(db, id)

/** One-time passwords (RFC 6238) as a second factor, and recovery codes for people who lost their authenticator app. */

import { limits } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import { type Context, Refusal, type Vault, type World } from '../../context.ts'
import type { Database, Db } from '../../database/database.ts'
import { hashOfSecret } from '../secret-hash.ts'
import {
  confirmOneTimePassword,
  countRecoveryCodes,
  deleteSecondFactor,
  findOneTimePassword,
  moveStep,
  type OneTimePasswordRow,
  replaceOneTimePassword,
  replaceRecoveryCodes,
  reserveCodeAttempt,
  returnCodeAttempt,
  takeRecoveryCode,
} from './one-time-password-store.ts'

const seedBytes = 20
/** Tolerated difference between the clocks. */
const toleranceSeconds = 30
const codes = 10
/** 24 characters from 32 letters are 120 bits, so a hash cannot be brute-forced. Shorter codes of earlier versions are still accepted. */
const codeCharacters = 24
const dayMilliseconds = 86_400_000
/** Without 0, 1, l and o, which are easily confused. */
const letters = '23456789abcdefghijkmnpqrstuvwxyz'

// Loaded on first use: most processes never need it.
const library = () => import('otplib')

const sealedLocation = (userId: string) => `one_time_passwords/${userId}/sealed`

/** Creates a seed, which is not active until one of its codes confirms it. */
export async function newSeed(context: Context, userId: string, email: string): Promise<{ seed: Secret; uri: Secret }> {
  const { db, world, vault } = context
  const { ScureBase32Plugin, generateURI } = await library()
  const seed = new ScureBase32Plugin().encode(world.random(seedBytes))
  await replaceOneTimePassword(db, {
    userId,
    sealed: await vault.seal(db, null, sealedLocation(userId), seed),
    createdAt: world.now().toISOString(),
    confirmedAt: null,
    lastStep: 0,
    failures: 0,
    knownFailures: 0,
    failuresSince: '',
  })
  return { seed: new Secret(seed), uri: new Secret(generateURI({ issuer: 'Mintmark', label: email, secret: seed })) }
}

/** Returns the confirmed second factor that a sign-in requires; undefined if there is none. */
export async function secondFactorOf(db: Db, userId: string): Promise<OneTimePasswordRow | undefined> {
  const row = await findOneTimePassword(db, userId)
  return row?.confirmedAt ? row : undefined
}

export const pendingFactorOf = (db: Db, userId: string) => findOneTimePassword(db, userId)

export const recoveryCodesLeft = (db: Db, userId: string): Promise<number> => countRecoveryCodes(db, userId)

const isAppCode = (input: string): boolean => /^\d{6}$/.test(normalize(input))
const normalize = (input: string): string => input.replace(/[\s-]/g, '').toLowerCase()

/**
 * Counts an attempt with a code of the app before it is checked: there are only a million codes, so few may be tried in a
 * day. Recovery codes cannot be guessed and are not counted. Returns a function to call if the code was right. Throws
 * `too-many-attempts`.
 */
export async function countCode(
  { database, world }: { database: Database; world: World },
  { userId }: OneTimePasswordRow,
  input: string,
  isKnown: boolean,
): Promise<(db: Db) => Promise<void>> {
  if (!isAppCode(input)) return async () => undefined
  const now = world.now()
  const attempt = {
    isKnown,
    now: now.toISOString(),
    dayAgo: new Date(now.getTime() - dayMilliseconds).toISOString(),
    limit: limits.codeAttemptsPerDay,
  }
  if (!(await database.withoutTransaction((db) => reserveCodeAttempt(db, userId, attempt))))
    throw new Refusal('too-many-attempts', {
      detail: 'Too many wrong codes in 24 hours. Use a recovery code or a passkey.',
      retryAfterSeconds: dayMilliseconds / 1_000,
    })
  return (db) => returnCodeAttempt(db, userId, isKnown)
}

/** Verifies and consumes a code of the app or a recovery code. Throws `wrong-credentials`. */
export async function useCode(
  { db, world, vault }: { db: Db; world: World; vault: Vault },
  factor: OneTimePasswordRow,
  input: string,
): Promise<void> {
  const code = normalize(input)
  if (!isAppCode(input)) {
    if (await takeRecoveryCode(db, factor.userId, hashOfSecret(code))) return
    throw wrongCode()
  }
  const seed = (await vault.open(db, null, sealedLocation(factor.userId), factor.sealed)).toString()
  const { verify } = await library()
  const checked = await verify({
    secret: seed,
    token: code,
    epoch: Math.floor(world.now().getTime() / 1000),
    epochTolerance: toleranceSeconds,
  })
  if (!checked.valid || !('timeStep' in checked) || !(await moveStep(db, factor.userId, checked.timeStep)))
    throw wrongCode()
}

const wrongCode = () => new Refusal('wrong-credentials', { detail: 'This code was not accepted.', at: '/code' })

/** Activates the factor. The returned recovery codes are shown once; the database stores their hashes. */
export async function confirmFactor(context: Context, userId: string): Promise<string[]> {
  await confirmOneTimePassword(context.db, userId, context.world.now().toISOString())
  return await newRecoveryCodes(context, userId)
}

export async function newRecoveryCodes({ db, world }: Context, userId: string): Promise<string[]> {
  const fresh = Array.from({ length: codes }, () =>
    [...world.random(codeCharacters)].map((byte) => letters[byte & 31]).join(''),
  )
  await replaceRecoveryCodes(
    db,
    userId,
    fresh.map((code) => hashOfSecret(code)),
  )
  return fresh.map((code) => code.replace(/(.{4})(?=.)/g, '$1-'))
}

export const dropSecondFactor = (db: Db, userId: string): Promise<void> => deleteSecondFactor(db, userId)

/** One-time passwords (RFC 6238) beside a password, and recovery codes for when the telephone is gone. */

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
/** A clock may be this far off. */
const toleranceSeconds = 30
const codes = 10
/** Of 32 letters each: 120 bits, so that a stolen hash of one is of no use. Shorter ones from before are still good. */
const codeCharacters = 24
const dayMilliseconds = 86_400_000
/** Without 0, 1, l and o, which are read wrongly. */
const letters = '23456789abcdefghijkmnpqrstuvwxyz'

// Loaded with the first one-time password: most processes never see one.
const library = () => import('otplib')

const place = (userId: string) => `one_time_passwords/${userId}/sealed`

/** A new seed, worth nothing until one of its codes was shown. */
export async function newSeed(context: Context, userId: string, email: string): Promise<{ seed: Secret; uri: Secret }> {
  const { db, world, vault } = context
  const { ScureBase32Plugin, generateURI } = await library()
  const seed = new ScureBase32Plugin().encode(world.random(seedBytes))
  await replaceOneTimePassword(db, {
    userId,
    sealed: await vault.seal(db, null, place(userId), seed),
    createdAt: world.now().toISOString(),
    confirmedAt: null,
    lastStep: 0,
    failures: 0,
    knownFailures: 0,
    failuresSince: '',
  })
  return { seed: new Secret(seed), uri: new Secret(generateURI({ issuer: 'Mintmark', label: email, secret: seed })) }
}

/** The factor that is asked for at a sign-in; undefined when there is none. */
export async function secondFactorOf(db: Db, userId: string): Promise<OneTimePasswordRow | undefined> {
  const row = await findOneTimePassword(db, userId)
  return row?.confirmedAt ? row : undefined
}

export const pendingFactorOf = (db: Db, userId: string) => findOneTimePassword(db, userId)

export const recoveryCodesLeft = (db: Db, userId: string): Promise<number> => countRecoveryCodes(db, userId)

const isOfApp = (given: string): boolean => /^\d{6}$/.test(plain(given))
const plain = (given: string): string => given.replace(/[\s-]/g, '').toLowerCase()

/**
 * A code of the app is one of a million, so few may be tried in a day. A recovery code cannot be guessed and is not counted. Returns what to do
 * when the code was right.
 */
export async function countCode(
  { database, world }: { database: Database; world: World },
  { userId }: OneTimePasswordRow,
  given: string,
  isKnown: boolean,
): Promise<(db: Db) => Promise<void>> {
  if (!isOfApp(given)) return async () => undefined
  const now = world.now()
  const attempt = {
    isKnown,
    now: now.toISOString(),
    dayAgo: new Date(now.getTime() - dayMilliseconds).toISOString(),
    most: limits.codeAttemptsPerDay,
  }
  if (!(await database.withoutTransaction((db) => reserveCodeAttempt(db, userId, attempt))))
    throw new Refusal('too-many-attempts', {
      detail: 'Too many wrong codes in a day. Use a recovery code or a passkey.',
      retryAfterSeconds: dayMilliseconds / 1_000,
    })
  return (db) => returnCodeAttempt(db, userId, isKnown)
}

/** Uses a code up, of the app or of the recovery sheet. Throws the refusal of a wrong one. */
export async function useCode(
  { db, world, vault }: { db: Db; world: World; vault: Vault },
  factor: OneTimePasswordRow,
  given: string,
): Promise<void> {
  const code = plain(given)
  if (!isOfApp(given)) {
    if (await takeRecoveryCode(db, factor.userId, hashOfSecret(code))) return
    throw wrongCode()
  }
  const seed = (await vault.open(db, null, place(factor.userId), factor.sealed)).toString()
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

/** The factor counts from now on. Its recovery codes leave in this answer and are kept as hashes. */
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

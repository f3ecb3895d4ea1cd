/** Exchanges the ID token of a workload for a short-lived token of a service account, if an assume policy allows it. */

import { createHash } from 'node:crypto'
import type { Secret } from '@mintmark/token'
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import { audit } from '../audit/audit.ts'
import { type Context, Refusal } from '../context.ts'
import type { Database } from '../database/database.ts'
import { refuseShortOfSpace } from '../database/disk-space.ts'
import { insertMintedToken } from '../tokens/mint.ts'
import { type Condition, meetsConditions } from './claims.ts'
import type { KeySets, ProviderStatus } from './key-sets.ts'
import { findProviders, findTrust, insertUsedIdToken, updateProvider } from './provider-store.ts'

export interface AssumeInput {
  readonly idToken: string
  readonly serviceAccountEmail: string
  /** Seconds. */
  readonly lifetime?: number | null
}

type Trust = Awaited<ReturnType<typeof findTrust>>[number]

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const defaultLifetimeSeconds = 3_600
const clockToleranceSeconds = 30
/** The last second of the year 9999. */
const lastSecond = 253_402_300_799

/** The same message for every reason, so that it does not reveal which service accounts and trusted issuers exist. */
const assumeRefused = (cause?: unknown) =>
  new Refusal('assume-refused', { detail: 'No policy lets this token become that service account.' }, { cause })

export async function assume(
  database: Database,
  keySets: KeySets,
  baseContext: Omit<Context, 'db' | 'actor' | 'auditedEvents'>,
  input: AssumeInput,
): Promise<{ accessToken: Secret }> {
  const issuer = issuerOf(input.idToken)
  const providers = await findProviders(database.read, issuer)
  if (providers.length === 0) {
    await keySets.simulateFetch(issuer)
    throw assumeRefused('issuer not trusted')
  }
  refuseShortOfSpace(database)
  // The signature is verified before any claim is used for a lookup.
  const claims = await verifiedClaims(database, keySets, baseContext, { issuer, providers }, input.idToken)
  // Read in the transaction that inserts the token: a policy that was just deleted must not allow it.
  return database.write(async (db) => {
    const trusts = await findTrust(db, input.serviceAccountEmail, issuer)
    const trust = trusts.find((each) => isMeantFor(claims, each) && meetsConditions(claims, conditionsOf(each)))
    if (!trust) throw assumeRefused('no policy')
    const lifetimeSeconds = lifetimeOf(input, trust)
    if (!(await insertUsedIdToken(db, idOf(input.idToken, claims, issuer), replayableUntil(claims))))
      throw assumeRefused('used before')
    return insertSessionToken(
      { ...baseContext, db, actor: actorOf(trust), auditedEvents: { rows: 0 } },
      trust,
      claims,
      lifetimeSeconds,
    )
  })
}

const actorOf = ({ serviceAccountId, email, accountId }: Trust): Context['actor'] => ({
  kind: 'service-account',
  id: serviceAccountId,
  email,
  accounts: [accountId],
  rights: { grants: [] },
  tokenId: '',
  tokenLastCharacters: null,
})

/** Returns the lifetime in seconds. Throws `invalid-attribute` if it exceeds the policy's maximum. */
function lifetimeOf({ lifetime }: AssumeInput, { maximumSessionDuration: maximum }: Trust): number {
  const seconds = lifetime ?? Math.min(defaultLifetimeSeconds, maximum)
  if (seconds <= maximum) return seconds
  throw new Refusal('invalid-attribute', { detail: `Expected at most ${maximum} seconds.`, at: '/lifetime' })
}

async function insertSessionToken(
  context: Context,
  trust: Trust,
  { sub, iss }: JWTPayload,
  lifetimeSeconds: number,
): Promise<{ accessToken: Secret }> {
  const { accountId, serviceAccountId } = trust
  const owner = { kind: 'service-account', id: serviceAccountId, accountId } as const
  const description = `Session of ${String(sub ?? iss)}`.slice(0, 255)
  const name = `assumed by ${trust.name}`.slice(0, 255)
  const expiresAt = new Date(context.world.now().getTime() + lifetimeSeconds * 1_000).toISOString()
  const lifetime = { expiresIn: null, expiresAt, renewableUntil: expiresAt }
  const origin = { assumePolicyId: trust.id }
  const minted = await insertMintedToken(context, owner, [accountId], { name, description }, lifetime, origin)
  await audit(context, {
    action: 'service-accounts.assumed',
    accountId,
    subjectType: 'service-accounts',
    subjectId: serviceAccountId,
    after: { policy: trust.id, token: minted.id, sub: sub ?? null, lifeSeconds: lifetimeSeconds },
  })
  return { accessToken: minted.once.token }
}

/** Returns the unverified issuer. Refuses other types that issuers sign, such as `at+jwt` or `logout+jwt`. */
function issuerOf(idToken: string): string {
  try {
    const { typ } = decodeProtectedHeader(idToken)
    const { iss } = decodeJwt(idToken)
    if (typeof iss === 'string' && (typ === undefined || typ.toLowerCase() === 'jwt')) return iss
  } catch (cause) {
    throw assumeRefused(cause)
  }
  throw assumeRefused('not an ID token')
}

const isMeantFor = ({ aud = [] }: JWTPayload, { allowedAudiences }: Trust): boolean => {
  const allowed = JSON.parse(allowedAudiences) as string[]
  return [aud].flat().some((each) => allowed.includes(each))
}

const conditionsOf = ({ claimConditions }: Trust) => JSON.parse(claimConditions) as Condition[]

/**
 * Identifies an ID token, which can be used once: by its `jti`, otherwise by its signed part. The signature is not included,
 * because the same token can carry several valid ones.
 */
function idOf(idToken: string, { jti }: JWTPayload, issuer: string): string {
  const signed = idToken.slice(0, idToken.lastIndexOf('.'))
  const named = typeof jti === 'string' && jti !== '' ? ['jti', issuer, jti] : ['signed', signed]
  return createHash('sha256').update(JSON.stringify(named)).digest('base64url')
}

/** Returns until when the token could be replayed. Capped, because some issuers set dates that `Date` cannot represent. */
const replayableUntil = ({ exp = 0 }: JWTPayload): string =>
  new Date(Math.min(exp + clockToleranceSeconds, lastSecond) * 1_000).toISOString()

interface Issuer {
  readonly issuer: string
  readonly providers: Awaited<ReturnType<typeof findProviders>>
}

async function verifiedClaims(
  database: Database,
  keySets: KeySets,
  { world }: { world: Context['world'] },
  { issuer, providers }: Issuer,
  idToken: string,
): Promise<JWTPayload> {
  const check = async (refresh: boolean) => {
    const { keys, status } = await keySets.find(issuer, refresh)
    await updateStatus(database, providers, status)
    if (!keys) throw assumeRefused(status)
    const options = {
      issuer,
      algorithms,
      currentDate: world.now(),
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp'],
    }
    return (await jwtVerify(idToken, keys, options)).payload
  }
  try {
    return await check(false).catch((error) => {
      if (error instanceof errors.JWKSNoMatchingKey) return check(true)
      throw error
    })
  } catch (error) {
    throw error instanceof errors.JOSEError ? assumeRefused(error) : error
  }
}

async function updateStatus(database: Database, providers: Issuer['providers'], status: ProviderStatus): Promise<void> {
  for (const { id } of providers.filter((each) => each.status !== status))
    await database.withoutTransaction((db) => updateProvider(db, id, { status }))
}

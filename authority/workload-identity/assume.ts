/** Exchanges the OIDC token of a workload for a short token of a service account. The policy decides. */

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
/** Of the year 9999. */
const lastSecond = 253_402_300_799

/** One wording for every reason: an outsider learns neither which accounts exist nor what they trust. */
const refused = (cause?: unknown) =>
  new Refusal('assume-refused', { detail: 'No policy lets this token become that service account.' }, { cause })

export async function assume(
  database: Database,
  keySets: KeySets,
  baseContext: Omit<Context, 'db' | 'actor' | 'auditedEvents'>,
  wish: AssumeInput,
): Promise<{ accessToken: Secret }> {
  const issuer = issuerOf(wish.idToken)
  const providers = await findProviders(database.read, issuer)
  if (providers.length === 0) {
    await keySets.pretend(issuer)
    throw refused('issuer not trusted')
  }
  refuseShortOfSpace(database)
  // Whatever the issuer did not sign is refused before anything is looked up by what it says.
  const claims = await verifiedClaims(database, keySets, baseContext, { issuer, providers }, wish.idToken)
  // Looked up in the transaction that writes the session: a policy that is deleted meanwhile allows none.
  return database.write(async (db) => {
    const trusts = await findTrust(db, wish.serviceAccountEmail, issuer)
    const trust = trusts.find((each) => isMeantFor(claims, each) && meetsConditions(claims, conditionsOf(each)))
    if (!trust) throw refused('no policy')
    const lifeSeconds = lifeOf(wish, trust)
    if (!(await insertUsedIdToken(db, idOf(wish.idToken, claims, issuer), endOf(claims)))) throw refused('used before')
    return openSession(
      { ...baseContext, db, actor: actorOf(trust), auditedEvents: { rows: 0 } },
      trust,
      claims,
      lifeSeconds,
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

/** In seconds. */
function lifeOf({ lifetime }: AssumeInput, { maximumSessionDuration: most }: Trust): number {
  const seconds = lifetime ?? Math.min(defaultLifetimeSeconds, most)
  if (seconds <= most) return seconds
  throw new Refusal('invalid-attribute', { detail: `Expected at most ${most} seconds.`, at: '/lifetime' })
}

async function openSession(
  context: Context,
  trust: Trust,
  { sub, iss }: JWTPayload,
  lifeSeconds: number,
): Promise<{ accessToken: Secret }> {
  const { accountId, serviceAccountId } = trust
  const owner = { kind: 'service-account', id: serviceAccountId, accountId } as const
  const description = `Session of ${String(sub ?? iss)}`.slice(0, 255)
  const name = `assumed by ${trust.name}`.slice(0, 255)
  const expiresAt = new Date(context.world.now().getTime() + lifeSeconds * 1_000).toISOString()
  const lifetime = { expiresIn: null, expiresAt, renewableUntil: expiresAt }
  const line = { assumePolicyId: trust.id }
  const minted = await insertMintedToken(context, owner, [accountId], { name, description }, lifetime, line)
  await audit(context, {
    action: 'service-accounts.assumed',
    accountId,
    subjectType: 'service-accounts',
    subjectId: serviceAccountId,
    after: { policy: trust.id, token: minted.id, sub: sub ?? null, lifeSeconds },
  })
  return { accessToken: minted.once.token }
}

/** Also checks that it says to be an ID token, not another kind that the issuer signs, such as `at+jwt` or `logout+jwt`. */
function issuerOf(idToken: string): string {
  try {
    const { typ } = decodeProtectedHeader(idToken)
    const { iss } = decodeJwt(idToken)
    if (typeof iss === 'string' && (typ === undefined || typ.toLowerCase() === 'jwt')) return iss
  } catch (cause) {
    throw refused(cause)
  }
  throw refused('not an ID token')
}

const isMeantFor = ({ aud = [] }: JWTPayload, { allowedAudiences }: Trust): boolean => {
  const allowed = JSON.parse(allowedAudiences) as string[]
  return [aud].flat().some((each) => allowed.includes(each))
}

const conditionsOf = ({ claimConditions }: Trust) => JSON.parse(claimConditions) as Condition[]

/**
 * One ID token gives one session. It is known by its `jti`, and without one by what was signed: the signature itself can
 * be written in several ways.
 */
function idOf(idToken: string, { jti }: JWTPayload, issuer: string): string {
  const signed = idToken.slice(0, idToken.lastIndexOf('.'))
  const named = typeof jti === 'string' && jti !== '' ? ['jti', issuer, jti] : ['signed', signed]
  return createHash('sha256').update(JSON.stringify(named)).digest('base64url')
}

/** Until when it could be shown again; some issuers name a year that no date can. */
const endOf = ({ exp = 0 }: JWTPayload): string =>
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
    await noteStatus(database, providers, status)
    if (!keys) throw refused(status)
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
    throw error instanceof errors.JOSEError ? refused(error) : error
  }
}

async function noteStatus(database: Database, providers: Issuer['providers'], status: ProviderStatus): Promise<void> {
  for (const { id } of providers.filter((each) => each.status !== status))
    await database.withoutTransaction((db) => updateProvider(db, id, { status }))
}

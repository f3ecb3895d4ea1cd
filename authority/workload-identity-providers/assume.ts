/** Exchanges the OIDC token of a workload for a short token of a service account. The policy decides. */

import type { Secret } from '@mintmark/token'
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import { issue } from '../access-tokens/mint.ts'
import { record } from '../audit-events/record.ts'
import { type Context, Refusal } from '../context.ts'
import type { Database } from '../database/database.ts'
import { type Condition, meetsConditions } from './claims.ts'
import type { KeySets, ProviderStatus } from './key-sets.ts'
import { findTrust, updateProvider } from './provider-store.ts'

export interface AssumeWish {
  readonly idToken: string
  readonly serviceAccountEmail: string
  /** Seconds. */
  readonly lifetime?: number | null
}

type Trust = Awaited<ReturnType<typeof findTrust>>[number]

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const defaultLifetimeSeconds = 3_600
const clockToleranceSeconds = 30

/** One wording for every reason: an outsider learns neither which accounts exist nor what they trust. */
const refused = (cause?: unknown) =>
  new Refusal('assume-refused', { detail: 'No policy lets this token become that service account.' }, { cause })

export async function assume(
  database: Database,
  keySets: KeySets,
  bare: Omit<Context, 'db' | 'actor' | 'told'>,
  wish: AssumeWish,
): Promise<{ accessToken: Secret }> {
  const issuer = issuerOf(wish.idToken)
  const trusts = await findTrust(database.read, wish.serviceAccountEmail, issuer)
  const [first] = trusts
  if (!first) throw refused()
  const claims = await verifiedClaims(database, keySets, bare, first, wish.idToken)
  const trust = trusts.find((each) => meetsConditions(claims, JSON.parse(each.claimConditions) as Condition[]))
  if (!trust) throw refused()
  const lifeSeconds = wish.lifetime ?? Math.min(defaultLifetimeSeconds, trust.maximumSessionDuration)
  if (lifeSeconds > trust.maximumSessionDuration) {
    throw new Refusal('invalid-attribute', {
      detail: `Expected at most ${trust.maximumSessionDuration} seconds.`,
      at: '/lifetime',
    })
  }
  return database.write(async (db) => {
    const actor = {
      kind: 'service-account',
      id: trust.serviceAccountId,
      email: trust.email,
      accounts: [trust.accountId],
      rights: { grants: [] },
      tokenId: '',
      tokenLastCharacters: null,
    } as const
    const context: Context = { ...bare, db, actor, told: { rows: 0 } }
    const owner = { kind: 'service-account', id: trust.serviceAccountId, accountId: trust.accountId } as const
    const description = `Session of ${String(claims.sub ?? issuer)}`.slice(0, 255)
    const name = `assumed by ${trust.name}`.slice(0, 255)
    const expiresAt = new Date(bare.world.now().getTime() + lifeSeconds * 1_000).toISOString()
    const lifetime = { expiresIn: null, expiresAt, renewableUntil: expiresAt }
    const line = { assumePolicyId: trust.id }
    const minted = await issue(context, owner, [trust.accountId], { name, description }, lifetime, line)
    await record(context, {
      action: 'service-accounts.assumed',
      accountId: trust.accountId,
      subjectType: 'service-accounts',
      subjectId: trust.serviceAccountId,
      after: { policy: trust.id, token: minted.id, sub: claims.sub ?? null, lifeSeconds },
    })
    return { accessToken: minted.once.token }
  })
}

function issuerOf(idToken: string): string {
  try {
    const { iss } = decodeJwt(idToken)
    if (typeof iss === 'string') return iss
  } catch (cause) {
    throw refused(cause)
  }
  throw refused()
}

async function verifiedClaims(
  database: Database,
  keySets: KeySets,
  { world }: { world: Context['world'] },
  trust: Trust,
  idToken: string,
): Promise<JWTPayload> {
  const check = async (refresh: boolean) => {
    const { keys, status } = await keySets.find(trust.url, refresh)
    await noteStatus(database, trust, status)
    if (!keys) throw refused(status)
    const options = {
      issuer: trust.url,
      audience: JSON.parse(trust.allowedAudiences) as string[],
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

async function noteStatus(database: Database, trust: Trust, status: ProviderStatus): Promise<void> {
  if (trust.status !== status) await database.bare((db) => updateProvider(db, trust.providerId, { status }))
}

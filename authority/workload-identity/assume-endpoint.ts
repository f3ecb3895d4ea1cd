/** The endpoint with which a workload exchanges an OIDC token for a token of a service account. */
import { type Context, Refusal } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { AttemptCounter, OpenRequest, ResultOf } from '../endpoint-request.ts'
import { assume } from './assume.ts'
import type { KeySets } from './key-sets.ts'

export interface AssumeServices {
  readonly database: Database
  readonly keySets: KeySets
  readonly baseContext: Omit<Context, 'db' | 'actor' | 'auditedEvents' | 'request'>
  readonly limit: AttemptCounter
  afterWrite(): Promise<void>
}

export async function assumeServiceAccount(
  { database, keySets, baseContext, limit, afterWrite }: AssumeServices,
  { body, request }: OpenRequest<'assumeServiceAccount'>,
): Promise<ResultOf<'assumeServiceAccount'>> {
  try {
    const { accessToken } = await assume(database, keySets, { ...baseContext, request }, body)
    await afterWrite()
    return { json: { 'access-token': '' }, secret: { member: 'accessToken', value: accessToken } }
  } catch (error) {
    const isRefused = error instanceof Refusal && error.code === 'assume-refused'
    const retryAfterSeconds = isRefused ? limit.strike(request.address) : 0
    if (retryAfterSeconds > 0)
      throw new Refusal('too-many-bad-tokens', {
        detail: 'Too many refused tokens from this address.',
        retryAfterSeconds,
      })
    throw error
  }
}

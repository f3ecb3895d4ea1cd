/** Fetches and caches the keys (JWKS) of OIDC issuers, with limits. */
import { setTimeout } from 'node:timers/promises'
import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import type { World } from '../context.ts'
import { type Fetch, readBody } from '../outbound/read-body.ts'

export type ProviderStatus = 'active' | 'invalid_provider_settings' | 'fetch_jwks_error' | 'not_supported_jwks'

export interface KeySets {
  /** `refresh` fetches again, at most once per cooldown. Use it for an unknown key ID. */
  find(issuer: string, refresh?: boolean): Promise<KeySet>
  /** Takes as long as `find` for a trusted issuer, so that the timing does not reveal which issuers are trusted. */
  simulateFetch(issuer: string): Promise<void>
}

export interface KeySet {
  readonly status: ProviderStatus
  readonly keys?: ReturnType<typeof createLocalJWKSet>
}

const cacheMilliseconds = 10 * 60_000
const cooldownMilliseconds = 30_000
const timeoutMilliseconds = 5_000
const bytesMax = 262_144
const cachedIssuersMax = 500
/** The assumed duration of a fetch until the first one was measured. */
const initialMilliseconds = 250

export function keySets(world: World, fetch: Fetch): KeySets {
  const cached = new Map<string, { at: number; set: Promise<KeySet> }>()
  const simulated = new Map<string, { at: number; wait: Promise<void> }>()
  let averageMilliseconds = initialMilliseconds
  const timedLoad = async (issuer: string) => {
    const startedAt = performance.now()
    const set = await load(fetch, issuer)
    averageMilliseconds = (averageMilliseconds + performance.now() - startedAt) / 2
    return set
  }
  return {
    find: (issuer, refresh = false) => {
      const now = world.now().getTime()
      const known = cached.get(issuer)
      if (known && now - known.at < (refresh ? cooldownMilliseconds : cacheMilliseconds)) return known.set
      if (cached.size >= cachedIssuersMax) cached.delete(cached.keys().next().value as string)
      const set = timedLoad(issuer)
      cached.set(issuer, { at: now, set })
      // A failure is cached for the cooldown only.
      void set.then(({ keys }) => {
        if (!keys) cached.set(issuer, { at: now - cacheMilliseconds + cooldownMilliseconds, set })
      })
      return set
    },
    simulateFetch: (issuer) => {
      const now = world.now().getTime()
      const known = simulated.get(issuer)
      if (known && now - known.at < cacheMilliseconds) return known.wait
      if (simulated.size >= cachedIssuersMax) simulated.delete(simulated.keys().next().value as string)
      const wait = setTimeout(averageMilliseconds)
      simulated.set(issuer, { at: now, wait })
      return wait
    },
  }
}

async function load(fetch: Fetch, issuer: string): Promise<KeySet> {
  const configuration = await fetchJson(fetch, `${issuer}/.well-known/openid-configuration`)
  const { issuer: declaredIssuer, jwks_uri: address } = (configuration ?? {}) as {
    issuer?: unknown
    jwks_uri?: unknown
  }
  if (!configuration) return { status: 'fetch_jwks_error' }
  if (declaredIssuer !== issuer || typeof address !== 'string' || !address.startsWith('https://'))
    return { status: 'invalid_provider_settings' }
  const document = (await fetchJson(fetch, address)) as JSONWebKeySet | undefined
  if (!document) return { status: 'fetch_jwks_error' }
  try {
    return { status: 'active', keys: createLocalJWKSet(document) }
  } catch {
    return { status: 'not_supported_jwks' }
  }
}

async function fetchJson(fetch: Fetch, url: string): Promise<object | undefined> {
  try {
    const response = await fetch(url, {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMilliseconds),
    })
    const text = response.ok ? await readBody(response, bytesMax) : undefined
    if (!text) return undefined
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Fetches the keys of foreign issuers, with limits, and keeps them for a while. */
import { setTimeout } from 'node:timers/promises'
import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import type { World } from '../context.ts'
import { type Fetch, readAnswer } from '../outbound/read-answer.ts'

export type ProviderStatus = 'active' | 'invalid_provider_settings' | 'fetch_jwks_error' | 'not_supported_jwks'

export interface KeySets {
  /** `refresh` asks again, at most once in a cooldown: for a key id that is not known yet. */
  find(issuer: string, refresh?: boolean): Promise<KeySet>
  /** Takes the time that `find` would take for an issuer that is asked about as often: nobody learns by it who is trusted. */
  pretend(issuer: string): Promise<void>
}

export interface KeySet {
  readonly status: ProviderStatus
  readonly keys?: ReturnType<typeof createLocalJWKSet>
}

const keptMilliseconds = 10 * 60_000
const cooldownMilliseconds = 30_000
const timeoutMilliseconds = 5_000
const bytesMax = 262_144
const issuersKept = 500
/** How long the first fetch is taken to last until one was seen. */
const usualMilliseconds = 250

export function keySets(world: World, fetch: Fetch): KeySets {
  const kept = new Map<string, { at: number; set: Promise<KeySet> }>()
  const pretended = new Map<string, { at: number; wait: Promise<void> }>()
  let usual = usualMilliseconds
  const timedLoad = async (issuer: string) => {
    const startedAt = performance.now()
    const set = await load(fetch, issuer)
    usual = (usual + performance.now() - startedAt) / 2
    return set
  }
  return {
    find: (issuer, refresh = false) => {
      const now = world.now().getTime()
      const known = kept.get(issuer)
      if (known && now - known.at < (refresh ? cooldownMilliseconds : keptMilliseconds)) return known.set
      if (kept.size >= issuersKept) kept.delete(kept.keys().next().value as string)
      const set = timedLoad(issuer)
      kept.set(issuer, { at: now, set })
      // A failure is not kept beyond the cooldown.
      void set.then(({ keys }) => {
        if (!keys) kept.set(issuer, { at: now - keptMilliseconds + cooldownMilliseconds, set })
      })
      return set
    },
    pretend: (issuer) => {
      const now = world.now().getTime()
      const known = pretended.get(issuer)
      if (known && now - known.at < keptMilliseconds) return known.wait
      if (pretended.size >= issuersKept) pretended.delete(pretended.keys().next().value as string)
      const wait = setTimeout(usual)
      pretended.set(issuer, { at: now, wait })
      return wait
    },
  }
}

async function load(fetch: Fetch, issuer: string): Promise<KeySet> {
  const configuration = await fetchJson(fetch, `${issuer}/.well-known/openid-configuration`)
  const { issuer: named, jwks_uri: address } = (configuration ?? {}) as { issuer?: unknown; jwks_uri?: unknown }
  if (!configuration) return { status: 'fetch_jwks_error' }
  if (named !== issuer || typeof address !== 'string' || !address.startsWith('https://'))
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
    const answer = await fetch(url, {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMilliseconds),
    })
    const text = answer.ok ? await readAnswer(answer, bytesMax) : undefined
    if (!text) return undefined
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

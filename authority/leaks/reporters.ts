/**
 * Reporters that sign their reports like GitHub's secret scanning partner program: ECDSA P-256 with SHA-256 over the raw body,
 * the key ID in a header, and the keys published at a URL or pinned. Other reporters differ in names only.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { LeakSource } from '@mintmark/contract'
import type { World } from '../context.ts'
import { type Fetch, readBody } from '../outbound/read-body.ts'

export interface Reporter {
  /** The name in the path `/leaks/<name>`, and the source of its reports. */
  readonly name: string
  readonly identifierHeader: string
  readonly signatureHeader: string
  /** The URL of the published keys. Not used if keys are pinned. */
  readonly keysUrl: string
  readonly pinnedKeys?: PublishedKeys
}

const githubKeysUrl = 'https://api.github.com/meta/public_keys/secret_scanning'

/** Throws an `Error` if the URL or the pinned keys are invalid. */
export function githubReporter(keysUrl: string = githubKeysUrl, pinnedKeys?: unknown): Reporter {
  return reporterFrom({
    name: 'github' satisfies LeakSource,
    'identifier-header': 'Github-Public-Key-Identifier',
    'signature-header': 'Github-Public-Key-Signature',
    'keys-url': keysUrl,
    keys: pinnedKeys,
  })
}

/** Parses a list of reporters with `name`, `identifier-header`, `signature-header`, and `keys-url` or `keys`. */
export function reportersIn(document: unknown): Reporter[] {
  if (!Array.isArray(document)) throw new Error('expected a list of reporters')
  return document.map(reporterFrom)
}

const takenNames = new Set(['report', 'patterns', 'trufflehog'])

function reporterFrom(given: unknown): Reporter {
  const {
    name,
    'identifier-header': identifierHeader,
    'signature-header': signatureHeader,
    'keys-url': keysUrl,
    keys,
  } = (given ?? {}) as Record<string, unknown>
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,62}$/.test(name) || takenNames.has(name))
    throw new Error('expected each reporter to have a name such as pypi')
  if (!isHeader(identifierHeader) || !isHeader(signatureHeader))
    throw new Error(`${name}: expected the names of two headers`)
  if (keys !== undefined) {
    if (keysIn(keys as PublishedKeys).size === 0)
      throw new Error(`${name}: expected at least one current P-256 key among the pinned ones`)
    return { name, identifierHeader, signatureHeader, keysUrl: '', pinnedKeys: keys as PublishedKeys }
  }
  if (typeof keysUrl !== 'string' || !/^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(keysUrl))
    throw new Error(`${name}: expected an https address of keys`)
  return { name, identifierHeader, signatureHeader, keysUrl }
}

const isHeader = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(value)

/** As published: `key` is PEM SPKI. */
export interface PublishedKeys {
  readonly public_keys: readonly {
    readonly key_identifier: string
    readonly key: string
    readonly is_current?: boolean
  }[]
}

export type Signature = 'good' | 'missing' | 'wrong' | 'unknown-key' | 'keys-unavailable'

export interface SignatureCheck {
  check(headers: Readonly<Record<string, unknown>>, body: Uint8Array): Promise<Signature>
}

type Keys = ReadonlyMap<string, KeyObject>

const keptMilliseconds = 60 * 60_000
/** An unknown key ID makes the server fetch the keys again, at most once in this time. */
const cooldownMilliseconds = 30_000
const timeoutMilliseconds = 5_000
const bytesMax = 262_144
const keysMax = 100

export function signatureCheck(reporter: Reporter, world: World, fetch: Fetch): SignatureCheck {
  const keys = reporter.pinnedKeys ? pinned(reporter.pinnedKeys) : published(reporter.keysUrl, world, fetch)
  return {
    check: async (headers, body) => {
      const identifier = headers[reporter.identifierHeader.toLowerCase()]
      const signature = headers[reporter.signatureHeader.toLowerCase()]
      if (typeof identifier !== 'string' || typeof signature !== 'string') return 'missing'
      const found = await keys.find(identifier)
      if (typeof found === 'string') return found
      return isSigned(found, body, signature) ? 'good' : 'wrong'
    },
  }
}

function isSigned(key: KeyObject, body: Uint8Array, signature: string): boolean {
  try {
    return verify('sha256', body, key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

interface KeySource {
  find(identifier: string): Promise<KeyObject | 'unknown-key' | 'keys-unavailable'>
}

function pinned(document: PublishedKeys): KeySource {
  const keys = keysIn(document)
  return { find: async (identifier) => keys.get(identifier) ?? 'unknown-key' }
}

function published(url: string, world: World, fetch: Fetch): KeySource {
  let keys: Keys | undefined
  let etag: string | null = null
  let fetchedAt = Number.NEGATIVE_INFINITY
  let fetching: Promise<void> | undefined
  const fetchKeys = async () => {
    fetchedAt = world.now().getTime()
    const answer = await fetch(url, {
      redirect: 'error',
      headers: { accept: 'application/json', ...(etag === null ? {} : { 'if-none-match': etag }) },
      signal: AbortSignal.timeout(timeoutMilliseconds),
    })
    // Without a new document, as with 304, the known keys stay.
    const text = answer.ok ? await readBody(answer, bytesMax) : undefined
    if (!text) return
    keys = keysIn(JSON.parse(text) as PublishedKeys)
    etag = answer.headers.get('etag')
  }
  return {
    find: async (identifier) => {
      const age = world.now().getTime() - fetchedAt
      if (age > keptMilliseconds || (!keys?.has(identifier) && age > cooldownMilliseconds)) {
        // Keep the cached keys if the URL cannot be reached.
        fetching ??= fetchKeys()
          .catch(() => undefined)
          .finally(() => {
            fetching = undefined
          })
      }
      await fetching
      if (!keys) return 'keys-unavailable'
      return keys.get(identifier) ?? 'unknown-key'
    },
  }
}

/** Skips keys that are not current or cannot be parsed. */
function keysIn(document: PublishedKeys): Keys {
  const found = new Map<string, KeyObject>()
  const listed = Array.isArray(document?.public_keys) ? document.public_keys : []
  for (const { key_identifier: identifier, key, is_current: isCurrent } of listed.slice(0, keysMax)) {
    if (isCurrent === false || typeof identifier !== 'string' || typeof key !== 'string') continue
    const read = readKey(key)
    if (read) found.set(identifier, read)
  }
  return found
}

function readKey(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem)
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined
  } catch {
    return undefined
  }
}

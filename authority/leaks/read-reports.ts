/** Parses reports. A malformed report is rejected as a whole, with a pointer to the invalid value. */
import { limits } from '@mintmark/contract'
import { compactTokensIn, replaceCompactTokens } from '@mintmark/token'
import { Refusal } from '../context.ts'
import type { Found, LeakLocation } from './process-reports.ts'

const tokenCharactersMax = 4_096

/** GitHub's published format: an array of `{token, type, url, source}`; `url` may be empty. */
export function readPartnerReports(body: unknown): (Found & { type: string })[] {
  return entries(body, '').map((entry, index) => {
    const { token, type, url } = objectAt(entry, `/${index}`)
    return {
      text: textAt(token, `/${index}/token`, tokenCharactersMax),
      type: typeof type === 'string' ? type.slice(0, 255) : '',
      location: locationOf({ url }, 'public'),
    }
  })
}

/** GitLab's: an array of `{type, token, location}`, found in public projects. */
export function readGitLabReports(body: unknown): Found[] {
  return entries(body, '').map((entry, index) => {
    const { token, location } = objectAt(entry, `/${index}`)
    return {
      text: textAt(token, `/${index}/token`, tokenCharactersMax),
      location: locationOf({ url: location }, 'public'),
    }
  })
}

/** Mintmark's own format: `{"tokens": ["…" or {"token", "location"}], "location"?}`. */
export function readHolderReports(body: unknown): Found[] {
  const { tokens, location } = objectAt(body, '')
  const shared = location === undefined ? {} : objectAt(location, '/location')
  return entries(tokens, '/tokens').map((entry, index) => {
    if (typeof entry === 'string')
      return { text: textAt(entry, `/tokens/${index}`, tokenCharactersMax), location: locationOf(shared, 'unknown') }
    const { token, location: own } = objectAt(entry, `/tokens/${index}`)
    const where = own === undefined ? shared : objectAt(own, `/tokens/${index}/location`)
    return { text: textAt(token, `/tokens/${index}/token`, tokenCharactersMax), location: locationOf(where, 'unknown') }
  })
}

/** `{"hashes": ["…"]}`, each the SHA-256 of a whole token. */
export function readHashes(body: unknown): Buffer[] {
  const { hashes } = objectAt(body, '')
  return entries(hashes, '/hashes', limits.leakHashesPerCheck).map((entry, index) => {
    if (typeof entry !== 'string' || !/^[0-9a-f]{64}$/i.test(entry))
      throw new Refusal('invalid-attribute', {
        detail: 'Expected the SHA-256 of a token as 64 hexadecimal digits.',
        at: `/hashes/${index}`,
      })
    return Buffer.from(entry, 'hex')
  })
}

/** TruffleHog's format: detector name, expression name, and the match with and without its context. Returns the match. */
export function readTruffleHog(body: unknown): string {
  const [expressions] = Object.values(objectAt(body, ''))
  const [matches] = Object.values(objectAt(expressions, '/0'))
  return textAt(entries(matches, '/0/0').at(-1), '/0/0', tokenCharactersMax)
}

/** Finds the tokens in pasted text. `partsOf` returns the text and the URL at which it was found. */
export function readPasted(
  body: Uint8Array,
  partsOf: (body: string) => readonly [text: string, url?: string | null] = (body) => [body],
): Found[] {
  if (body.length > limits.leakTextBytes)
    throw new Refusal('body-too-large', {
      detail: `Expected at most ${limits.leakTextBytes} bytes of text, which is enough for ${limits.leakTokensPerReport} tokens.`,
    })
  const [text, url] = partsOf(new TextDecoder().decode(body))
  const location: LeakLocation = url ? locationOf({ url }, 'unknown') : { kind: 'unknown' }
  return compactTokensIn(text, limits.leakTokensPerReport).map((each) => ({ text: each, location }))
}

/** Cleans a location from an untrusted reporter. Invalid values are cut or dropped: they must not make the server reject the report. */
export function locationOf(given: Readonly<Record<string, unknown>>, kind: LeakLocation['kind']): LeakLocation {
  const { repository, path, line, commit, url, 'committed-at': committedAt } = given
  return {
    kind,
    repository: plainOrNull(repository, 255),
    path: plainOrNull(path, 1_024),
    line: Number.isSafeInteger(line) && (line as number) > 0 && (line as number) < 2 ** 31 ? (line as number) : null,
    commit: typeof commit === 'string' && /^[0-9a-f]{7,64}$/i.test(commit) ? commit.toLowerCase() : null,
    url: plainOrNull(url, 2_048),
    committedAt:
      typeof committedAt === 'string' && !Number.isNaN(Date.parse(committedAt))
        ? new Date(Date.parse(committedAt)).toISOString()
        : null,
  }
}

/** How many characters are read per kept one, because cleaning can shorten a text. */
const readFactor = 4

/** Replaces tokens, which a location may contain: they must not be stored. */
function plainOrNull(value: unknown, max: number): string | null {
  if (typeof value !== 'string' || value === '') return null
  const cut = value.length > readFactor * max ? cutBetweenWords(value, readFactor * max) : value
  const plain = cut.toWellFormed().replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' ')
  return replaceCompactTokens(plain, '[token]').trim().slice(0, max) || null
}

/** Does not cut within a possible token, because half of it would remain. */
function cutBetweenWords(text: string, most: number): string {
  let end = most
  while (end > 0 && /[\w.-]/.test(text[end - 1] as string)) end -= 1
  return text.slice(0, end > 0 ? end : most)
}

function entries(value: unknown, at: string, max: number = limits.leakTokensPerReport): readonly unknown[] {
  if (!Array.isArray(value)) throw new Refusal('invalid-document', { detail: 'Expected an array.', at })
  if (value.length > max) throw new Refusal('invalid-document', { detail: `Expected at most ${max} entries.`, at })
  return value
}

function objectAt(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal('invalid-document', { detail: 'Expected an object.', at })
  return value as Readonly<Record<string, unknown>>
}

function textAt(value: unknown, at: string, max: number): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > max)
    throw new Refusal('invalid-attribute', { detail: `Expected text of 1 to ${max} characters.`, at })
  return value
}

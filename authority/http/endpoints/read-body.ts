import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../context.ts'
import { parseStrictJson } from '../../jsonapi/strict-json.ts'

const jsonTypes = /^application\/(vnd\.api\+json|json)\s*(;|$)/i

/** Returns the body as received; empty if there is none. */
export const bytesOf = ({ body }: FastifyRequest): Buffer => (body as Buffer | null | undefined) ?? Buffer.alloc(0)

/** Returns the JSON body of a request; undefined if there is none. */
export function readJsonBody(request: FastifyRequest): unknown {
  const bytes = bytesOf(request)
  if (bytes.length === 0) return undefined
  const type = request.headers['content-type'] ?? ''
  if (!jsonTypes.test(type))
    throw new Refusal('unsupported-media-type', { detail: 'Expected application/vnd.api+json or application/json.' })
  return parseStrictJson(bytes)
}

export interface Form {
  /**
   * Returns the first value of a name, decoded; null if it is missing. At most `charactersMax` encoded characters are decoded,
   * because decoding 1 MiB would block other requests.
   */
  get(name: string, charactersMax?: number): string | null
}

/** Parses an `application/x-www-form-urlencoded` body. */
export function readFormBody(request: FastifyRequest): Form {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
    throw new Refusal('unsupported-media-type', { detail: 'Expected application/x-www-form-urlencoded.' })
  return formOf(bytesOf(request).toString('utf8'))
}

/** Decodes requested members only: `URLSearchParams` creates an object per member, and 1 MiB can hold half a million. */
export function formOf(text: string): Form {
  return {
    get: (name, charactersMax = Number.POSITIVE_INFINITY) => {
      for (let start = 0, members = 0; start < text.length && members < membersMax; members++) {
        const end = endOf(text, '&', start, text.length)
        const key = endOf(text, '=', start, Math.min(end, start + encodedCharacters * name.length + 1))
        if (key - start <= encodedCharacters * name.length && isName(text.slice(start, key), name))
          return decoded(text.slice(start, Math.min(end, key + 1 + charactersMax))).get(name)
        start = end + 1
      }
      return null
    },
  }
}

/** No form that is read here needs more members. */
const membersMax = 1_000
/** Compares without decoding: `%41` is one letter, and all requested names are ASCII. */
const encodedCharacters = 3

/** Searches up to `end` only: a search to the end of the text for each member would take quadratic time. */
function endOf(text: string, separator: string, start: number, end: number): number {
  const at = text.slice(start, end).indexOf(separator)
  return at < 0 ? end : start + at
}

const isName = (key: string, name: string): boolean =>
  key === name || (/[%+]/.test(key) && decoded(`${key}=`).has(name))

/** `URLSearchParams` would remove a question mark at the start. */
const decoded = (member: string): URLSearchParams => new URLSearchParams(`&${member}`)

/**
 * Parses JSON (RFC 8259) more strictly than `JSON.parse`, to exclude ambiguous documents: no duplicate names, no
 * `__proto__`, limited depth and number of values, valid UTF-8 only. Errors have a JSON pointer.
 */
import { limits } from '@mintmark/contract'
import { Refusal } from '../context.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** Throws a `malformed-json` refusal. Returns undefined for an empty body. */
export function parseStrictJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  const text = decoded(bytes)
  refuseExcess(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw fault('The body is not valid JSON.', '')
  }
  refuseDuplicates(text)
  return value
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw fault('The body is not valid UTF-8.', '')
  }
}

const fault = (detail: string, at: string) => new Refusal('malformed-json', { detail, at })

const [quote, backslash, comma, openBracket, closeBracket, openBrace, closeBrace] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
]

/** Counts values before parsing, so that small text cannot become large objects. The text may be invalid JSON. */
function refuseExcess(text: string): void {
  let values = 1
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === comma || code === openBracket || code === openBrace) {
      if (++values > limits.jsonValues) throw fault(`More than ${limits.jsonValues} values.`, '')
      if (code !== comma && ++depth > limits.jsonDepth)
        throw fault(`Nested deeper than ${limits.jsonDepth} levels.`, pointerTo(text, at))
    } else if (code === closeBracket || code === closeBrace) depth--
  }
}

/** Returns the index of the quote that closes the string; the end of the text if there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before--
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

/** Walks text that is valid JSON, so only strings and brackets matter. */
function refuseDuplicates(text: string): void {
  /** The names in each open object; null for an array. */
  const levels: (Set<string> | null)[] = []
  let expectsName = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === openBrace || code === openBracket) {
      levels.push(code === openBrace ? new Set() : null)
      expectsName = code === openBrace
    } else if (code === closeBrace || code === closeBracket) {
      levels.pop()
      expectsName = false
    } else if (code === comma) expectsName = levels.at(-1) !== null
    else if (code === quote) {
      const end = endOfString(text, at)
      if (expectsName) refuseName(text, at, end, levels.at(-1) as Set<string>)
      expectsName = false
      at = end
    }
  }
}

function refuseName(text: string, start: number, end: number, names: Set<string>): void {
  const name = unescaped(text.slice(start + 1, end))
  if (names.has(name)) throw fault('This object contains the same name twice.', pointerTo(text, end))
  if (name === '__proto__') throw fault('This name is not allowed.', pointerTo(text, end))
  names.add(name)
}

/**
 * Returns the JSON pointer to an offset in the text. Computed for errors only, because doing so for every value would
 * be expensive.
 */
function pointerTo(text: string, place: number): string {
  const path: (string | number | null)[] = []
  let expectsName = false
  for (let at = 0; at <= place; at++) {
    const code = text.charCodeAt(at)
    if (code === openBrace || code === openBracket) {
      if (at === place) break
      path.push(code === openBrace ? null : 0)
      expectsName = code === openBrace
    } else if (code === closeBrace || code === closeBracket) {
      path.pop()
      expectsName = false
    } else if (code === comma) {
      const last = path.at(-1)
      if (typeof last === 'number') path[path.length - 1] = last + 1
      else expectsName = true
    } else if (code === quote) {
      const end = endOfString(text, at)
      if (expectsName) path[path.length - 1] = unescaped(text.slice(at + 1, end))
      expectsName = false
      at = end
    }
  }
  return path.map((step) => `/${step === null ? '' : escaped(String(step))}`).join('')
}

/** Returns the raw text if it is not a valid JSON string. */
function unescaped(written: string): string {
  if (!written.includes('\\')) return written
  try {
    return JSON.parse(`"${written}"`) as string
  } catch {
    return written
  }
}

const escaped = (name: string) => name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')

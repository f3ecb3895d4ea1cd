/**
 * JSON as RFC 8259 asks, and stricter where `JSON.parse` lets a second reading in: no duplicate names, no `__proto__`,
 * no depth without end, no bytes that are not UTF-8. The place of the fault is given as a JSON pointer.
 */
import { limits } from '@mintmark/contract'
import { Refusal } from '../context.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** Throws a `malformed-json` refusal. An empty body is undefined. */
export function parseStrictJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  const text = decoded(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal('malformed-json', { detail: 'The body is not valid JSON.', at: '' })
  }
  refuseDuplicates(text)
  return value
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new Refusal('malformed-json', { detail: 'The body is not valid UTF-8.', at: '' })
  }
}

interface Level {
  /** Names seen; undefined in an array. */
  readonly names: Set<string> | undefined
  readonly pointer: string
  index: number
  current: string
}

const tokenPattern = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/** Walks text that is known to be JSON, so strings and brackets are all there is to look at. */
function refuseDuplicates(text: string): void {
  const levels: Level[] = []
  let expectName = false
  for (const [token] of text.matchAll(tokenPattern)) {
    const level = levels.at(-1)
    if (token === '{' || token === '[') {
      levels.push({
        names: token === '{' ? new Set() : undefined,
        pointer: level ? pointerAt(level) : '',
        index: 0,
        current: '',
      })
      if (levels.length > limits.jsonDepth) {
        throw new Refusal('malformed-json', {
          detail: `Nested deeper than ${limits.jsonDepth} levels.`,
          at: pointerOf(levels),
        })
      }
      expectName = token === '{'
    } else if (token === '}' || token === ']') {
      levels.pop()
      expectName = false
    } else if (token === ',') {
      if (level?.names) expectName = true
      else if (level) level.index += 1
    } else if (expectName && level?.names && token !== ':') {
      addName(level, JSON.parse(token) as string)
      expectName = false
    }
  }
}

function addName(level: Level, name: string): void {
  level.current = name
  if (level.names?.has(name))
    throw new Refusal('malformed-json', { detail: 'The same name stands twice.', at: pointerAt(level) })
  if (name === '__proto__')
    throw new Refusal('malformed-json', { detail: 'This name is not allowed.', at: pointerAt(level) })
  level.names?.add(name)
}

const escaped = (name: string) => name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')

const pointerAt = (level: Level): string => `${level.pointer}/${level.names ? escaped(level.current) : level.index}`

const pointerOf = (levels: readonly Level[]): string => levels.at(-1)?.pointer ?? ''

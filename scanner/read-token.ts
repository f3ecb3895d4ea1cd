import { lastCharacters, parseToken, Secret } from '@mintmark/token'
import { stepAt } from './separators.ts'
import { tokenStart } from './token-patterns.ts'

/** Maximum length of a token. */
const charactersMax = 512
/** Maximum of consecutive separators, more than the tags of a word processor. */
const consecutiveSeparatorsMax = 16

export interface TokenFound {
  readonly token: Secret
  readonly tokenId: string
  readonly issuer: string
  readonly lastCharacters: string
}

export type TokenRead = TokenFound & { readonly writing: 'plain' | 'wrapped' | 'escaped' }

// 43 characters are the 32 bytes of an HMAC-SHA256.
const shape = /^[\w-]{36}\.[\w-]{20,460}\.[\w-]{43}/
const run = /[\w.-]{1,64}/y

/**
 * Returns the token that starts exactly at `from`, also if it is wrapped or escaped. Further letters after it do not matter,
 * because a finder can still extract the token. The format is strict enough to avoid false positives.
 */
export function readToken(text: string, from: number): TokenRead | undefined {
  let [spelled, at, separators] = ['', from, 0]
  let writing: TokenRead['writing'] = 'plain'
  /** Number of characters before the last separator. */
  let joined = 0
  while (spelled.length <= charactersMax) {
    run.lastIndex = at
    const more = run.exec(text)?.[0]
    const step = more === undefined ? stepAt(text, at) : { character: more, length: more.length }
    if (!step || separators > consecutiveSeparatorsMax) break
    // Another token may follow immediately, and a complete token needs no further separator.
    if (more === undefined && shape.test(spelled)) break
    spelled += step.character
    at += step.length
    separators = step.character ? 0 : separators + 1
    if (!isStart(spelled)) return undefined
    if (more !== undefined) continue
    joined = spelled.length
    writing = step.character && writing === 'plain' ? 'escaped' : step.character ? writing : 'wrapped'
  }
  const whole = shape.exec(spelled)?.[0]
  // A word on the next line must not complete a truncated token.
  if (whole === undefined) return undefined
  const isCompletedByNext = joined > whole.lastIndexOf('.') && /^\w/.test(spelled.slice(whole.length))
  return isCompletedByNext ? undefined : tokenOf(whole, writing)
}

const isStart = (text: string): boolean =>
  text.length < tokenStart.length ? tokenStart.startsWith(text) : text.startsWith(tokenStart)

function tokenOf(spelled: string, writing: TokenRead['writing']): TokenRead | undefined {
  const parts = parseToken(spelled)
  if (!parts) return undefined
  const token = new Secret(Buffer.from(spelled, 'latin1'))
  return { token, tokenId: parts.id, issuer: parts.issuer, lastCharacters: lastCharacters(token), writing }
}

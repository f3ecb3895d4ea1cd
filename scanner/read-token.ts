import { lastCharacters, parseToken, Secret } from '@mintmark/token'
import { tokenStart } from './hiding-places.ts'
import { stepAt } from './joints.ts'

/** No token is longer. */
const charactersMax = 512
/** So many steps without a character of the token: more tags than a word processor puts there. */
const jointsInARowMax = 16

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
 * The token that begins exactly at `from`, also when something breaks it apart. A letter after it does not save it: who
 * finds it glued to something can use it all the same. The shape is so strict that nothing else is taken for one.
 */
export function readToken(text: string, from: number): TokenRead | undefined {
  let [spelled, at, joints] = ['', from, 0]
  let writing: TokenRead['writing'] = 'plain'
  /** How many characters came before the last joint. */
  let joined = 0
  while (spelled.length <= charactersMax) {
    run.lastIndex = at
    const more = run.exec(text)?.[0]
    const step = more === undefined ? stepAt(text, at) : { character: more, length: more.length }
    if (!step || joints > jointsInARowMax) break
    // What is longer than a token may be followed by another one at once, and what is whole needs no joint.
    if (more === undefined && shape.test(spelled)) break
    spelled += step.character
    at += step.length
    joints = step.character ? 0 : joints + 1
    if (!isStart(spelled)) return undefined
    if (more !== undefined) continue
    joined = spelled.length
    writing = step.character && writing === 'plain' ? 'escaped' : step.character ? writing : 'wrapped'
  }
  const whole = shape.exec(spelled)?.[0]
  // The next word after the end of a line must not complete a token that was cut off.
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

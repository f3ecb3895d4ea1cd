/** The functions that parse text of unauthenticated clients, and texts that are designed to slow them down. */

import { limits } from '@mintmark/contract'
import {
  compactTokensIn,
  holdsToken,
  looksLikeToken,
  mintMark,
  parseToken,
  replaceCompactTokens,
} from '@mintmark/token'
import { formOf } from '../authority/http/endpoints/read-body.ts'
import { locationOf, readPasted } from '../authority/leaks/read-reports.ts'

export const textBytes = 1_048_576

const mark = mintMark('scalr:abc123')
/** The start of every token. */
const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')

/** Each is called with up to 1 MiB of text. It may throw, because it has read the text by then. */
export const readers: Readonly<Record<string, (text: string) => unknown>> = {
  compactTokensIn: (text) => compactTokensIn(text, 1_000),
  replaceCompactTokens: (text) => replaceCompactTokens(text, '[token]'),
  looksLikeToken,
  parseToken,
  holdsToken: (text) => holdsToken(mark, `${text} ${header}${text}`),
  'a pasted report': (text) => readPasted(Buffer.from(text).subarray(0, limits.leakTextBytes)),
  'a form': (text) =>
    readPasted(Buffer.from(`${text}&tokens=${text}&url=${text}`).subarray(0, limits.leakTextBytes), (form) => [
      formOf(form).get('tokens') ?? '',
      formOf(form).get('url'),
    ]),
  'a member of a form that is not there': (text) => formOf(text).get('token'),
  'a place': (text) =>
    locationOf({ repository: text, path: text, line: text, commit: text, url: text, 'committed-at': text }, 'unknown'),
}

const words = [
  'eyJ',
  'eyJa',
  'eyJ.',
  'eyJa.',
  'eyJa.b',
  'eyJa.b.',
  'eyJa.b.c ',
  '.',
  '..',
  '-',
  '_',
  'a',
  'a.',
  'é',
  '\u2028',
  '\0',
]
const more = [
  ' ',
  '\n',
  '\t',
  '%',
  '%2',
  '%65',
  '&',
  '=',
  '+',
  'a&',
  '%74&',
  'a=a&',
  't%',
  '/',
  '\\',
  '"',
  '[',
  ']',
  '{',
  '{"',
  ',',
  ':',
  ';',
  '#',
  '@',
]
const fragments = [
  ...words,
  ...more,
  '\ud800',
  '😀',
  '1',
  '2030-01-01T00:00:00Z',
  'http://',
  '\r\n',
  '(',
  ')',
  '$',
  "'",
]

/** Yields each fragment repeated, and pairs of words repeated at an eighth of the length. */
export function* hostileTexts(): Generator<string> {
  for (const fragment of fragments) yield repeated(fragment)
  for (const one of words) for (const other of words) yield repeated(one, other).slice(0, textBytes / 8)
  for (const fragment of fragments) yield `${fragment}${repeated('a')}`
}

/** Returns a random text, for fuzzing of any duration. */
export function hostileText(draw: (below: number) => number): string {
  const pick = () => fragments[draw(fragments.length)] as string
  const some = () => Array.from({ length: 1 + draw(4) }, pick).join('')
  return some() + repeated(some()).slice(0, draw(textBytes)) + some()
}

function repeated(...parts: readonly string[]): string {
  const unit = parts.join('')
  return unit.repeat(Math.floor(textBytes / Buffer.byteLength(unit)))
}

export function read(reader: (text: string) => unknown, text: string): void {
  try {
    reader(text)
  } catch (error) {
    if ((error as Error).name !== 'Refusal') throw error
  }
}

/** Whether the pattern finds a token in a text, as GitHub would; and if not, which part of it is missing. */
import type { Patterns } from './patterns.ts'

export type Found =
  | { readonly is: 'empty' }
  | { readonly is: 'found'; readonly times: number }
  | { readonly is: 'missing'; readonly part: 'header' | 'mark' | 'signature' | 'length' | 'before' | 'after' }

export function checkText(
  patterns: Pick<
    Patterns,
    'headerLiteral' | 'literal' | 'secretFormat' | 'strictFormat' | 'beforeSecret' | 'afterSecret'
  >,
  form: 'common' | 'strict',
  text: string,
): Found {
  if (text.trim() === '') return { is: 'empty' }
  const { headerLiteral, literal, secretFormat, strictFormat } = patterns
  const format = form === 'strict' ? strictFormat : secretFormat
  const [before, after] = [anchored(patterns.beforeSecret), anchored(patterns.afterSecret)]
  const times = [...text.matchAll(new RegExp(`(?<=${before})${format}(?=${after})`, 'g'))].length
  if (times > 0) return { is: 'found', times }
  const missing = (part: Extract<Found, { is: 'missing' }>['part']): Found => ({ is: 'missing', part })
  if (!text.includes(headerLiteral)) return missing('header')
  if (!text.includes(`${headerLiteral}.${literal}`)) return missing('mark')
  if (!new RegExp(secretFormat).test(text)) return missing('signature')
  if (!new RegExp(format).test(text)) return missing('length')
  return missing(new RegExp(`(?<=${before})${format}`).test(text) ? 'after' : 'before')
}

/** The ends of the text, as JavaScript writes them. */
const anchored = (pattern: string): string => pattern.replace('\\A', '^').replace('\\z', '$')

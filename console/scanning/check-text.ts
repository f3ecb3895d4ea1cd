/** Checks whether the pattern matches a token in a text, like GitHub does, and if not, which part is missing. */
import type { Patterns } from './patterns.ts'

export type TextCheck =
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
): TextCheck {
  if (text.trim() === '') return { is: 'empty' }
  const { headerLiteral, literal, secretFormat, strictFormat } = patterns
  const format = form === 'strict' ? strictFormat : secretFormat
  const [before, after] = [anchored(patterns.beforeSecret), anchored(patterns.afterSecret)]
  const times = [...text.matchAll(new RegExp(`(?<=${before})${format}(?=${after})`, 'g'))].length
  if (times > 0) return { is: 'found', times }
  const missing = (part: Extract<TextCheck, { is: 'missing' }>['part']): TextCheck => ({ is: 'missing', part })
  if (!text.includes(headerLiteral)) return missing('header')
  if (!text.includes(`${headerLiteral}.${literal}`)) return missing('mark')
  if (!new RegExp(secretFormat).test(text)) return missing('signature')
  if (!new RegExp(format).test(text)) return missing('length')
  return missing(new RegExp(`(?<=${before})${format}`).test(text) ? 'after' : 'before')
}

/** Converts the text anchors to JavaScript syntax. */
const anchored = (pattern: string): string => pattern.replace('\\A', '^').replace('\\z', '$')

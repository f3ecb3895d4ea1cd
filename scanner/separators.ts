/** What can separate the characters of a wrapped token, and the escapes of characters. */

export interface Step {
  /** The decoded character, or an empty string for a separator. */
  readonly character: string
  /** Length in the text. */
  readonly length: number
}

// All repetitions are bounded, so that hostile text cannot take long to parse.
const hexCode =
  /(?:=|%(?:25){0,3}|\\{1,8}u00|\\{1,8}U000000|\\{1,8}u\{0{0,4}|\\{1,8}x)([0-9a-f]{2})\}?|&(?:amp;){0,3}#x0{0,4}([0-9a-f]{2});/iy
const decimalCode = /&(?:amp;){0,3}#0{0,4}([0-9]{1,3});/y
const octalCode = /\\{1,8}([01]?[0-7]{2})/y
const namedCode = /&(?:amp;){0,3}(period|lowbar|hyphen|dash);/y
const named: Readonly<Record<string, string>> = { period: '.', lowbar: '_', hyphen: '-', dash: '-' }

/** A line end, also an escaped one, with the indentation, quotation or comment marks of the next line. */
const lineEnd = /(?:[=\\`^]?\s|\\{1,8}[nrt])[\s>#*|/;:!+]{0,300}/y
/** Concatenation of string literals: from the end of one to the start of the next. */
const concatenation = /\\{0,8}["'`]{1,3}[\s+.&,|~\\_()<>;#*/]{0,300}\\{0,8}[a-zA-Z]{0,2}["'`]{1,3}/y
const tag = /<[^<>]{1,300}>/y
/** Terminal escape sequences. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it matches control characters
const control = /\x1b\[[0-9;]{0,20}[A-Za-z]/y
/** Soft hyphen, no-break space, zero-width characters and byte order mark, in UTF-8 and as entities. */
const invisible =
  /\xc2[\xa0\xad]|\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf|&(?:amp;){0,3}(?:shy|nbsp|ZeroWidthSpace|NoBreak|zwnj|zwj|NewLine|Tab|#8203|#x200b|#173|#xad);/iy
/** Escaped punctuation in Markdown, regular expressions and TeX. */
const escaped = /\\{1,8}(?=[._-])/y

const separators = [lineEnd, concatenation, tag, control, invisible, escaped]
const tokenCharacter = /^[\w.-]$/

/** Parses a step at `at` in a Latin-1 text. Returns undefined where a token cannot continue. */
export function stepAt(text: string, at: number): Step | undefined {
  const code = codeAt(text, at)
  if (code) return code
  for (const separator of separators) {
    separator.lastIndex = at
    const length = separator.exec(text)?.[0].length
    if (length !== undefined) return { character: '', length }
  }
  return undefined
}

function codeAt(text: string, at: number): Step | undefined {
  return (
    coded(hexCode, text, at, 16) ??
    coded(decimalCode, text, at, 10) ??
    coded(octalCode, text, at, 8) ??
    namedAt(text, at)
  )
}

function coded(expression: RegExp, text: string, at: number, base: number): Step | undefined {
  expression.lastIndex = at
  const match = expression.exec(text)
  if (!match) return undefined
  const character = String.fromCharCode(Number.parseInt(match[1] ?? match[2] ?? '', base))
  if (tokenCharacter.test(character)) return { character, length: match[0].length }
  return /\s/.test(character) ? { character: '', length: match[0].length } : undefined
}

function namedAt(text: string, at: number): Step | undefined {
  namedCode.lastIndex = at
  const match = namedCode.exec(text)
  return match ? { character: named[match[1] ?? ''] ?? '', length: match[0].length } : undefined
}

/** The base64 characters of a text, without line ends and escapes. */
export const base64Only = (text: string): string =>
  onlyBase64.test(text)
    ? text
    : text
        .replace(/%2b|\\{1,8}u002b|&#43;/gi, '+')
        .replace(/%2f|\\{1,8}u002f|\\{1,8}\/|&#47;/gi, '/')
        .replace(/["'][\s+.&,|~\\_]{0,300}["']|=\r?\n|\\{1,8}[nrt]|\s+(?:[>#*|] ?)?/g, '')

const onlyBase64 = /^[\w+/-]*$/

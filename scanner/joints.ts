/** What may stand between two characters of a token that was broken apart, and how a character may be written as a code. */

export interface Step {
  /** What it means: a character of a token, or nothing. */
  readonly character: string
  /** How much of the text it takes. */
  readonly length: number
}

/** Everything here is at most so long, so that a look at a hostile text stays short. */
const hexCode =
  /(?:=|%(?:25){0,3}|\\{1,8}u00|\\{1,8}U000000|\\{1,8}u\{0{0,4}|\\{1,8}x)([0-9a-f]{2})\}?|&(?:amp;){0,3}#x0{0,4}([0-9a-f]{2});/iy
const decimalCode = /&(?:amp;){0,3}#0{0,4}([0-9]{1,3});/y
const octalCode = /\\{1,8}([01]?[0-7]{2})/y
const namedCode = /&(?:amp;){0,3}(period|lowbar|hyphen|dash);/y
const named: Readonly<Record<string, string>> = { period: '.', lowbar: '_', hyphen: '-', dash: '-' }

/** An end of a line, also one that is spelled out or escaped, with what starts the next: indentation, quotation or comment marks. */
const lineEnd = /(?:[=\\`^]?\s|\\{1,8}[nrt])[\s>#*|/;:!+]{0,300}/y
/** From the end of a string literal to the start of the next, with the operator between them. */
const concatenation = /\\{0,8}["'`]{1,3}[\s+.&,|~\\_()<>;#*/]{0,300}\\{0,8}[a-zA-Z]{0,2}["'`]{1,3}/y
const tag = /<[^<>]{1,300}>/y
/** Colours of a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what is looked for
const control = /\x1b\[[0-9;]{0,20}[A-Za-z]/y
/** Soft hyphen, no-break space, zero-width characters and byte order mark, in UTF-8 and as entities. */
const invisible =
  /\xc2[\xa0\xad]|\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf|&(?:amp;){0,3}(?:shy|nbsp|ZeroWidthSpace|NoBreak|zwnj|zwj|NewLine|Tab|#8203|#x200b|#173|#xad);/iy
/** As Markdown, regular expressions and TeX escape punctuation. */
const escaped = /\\{1,8}(?=[._-])/y

const joints = [lineEnd, concatenation, tag, control, invisible, escaped]
const tokenCharacter = /^[\w.-]$/

/** One step from `at` in a text of one character for each byte; undefined where a token cannot go on. */
export function stepAt(text: string, at: number): Step | undefined {
  const code = codeAt(text, at)
  if (code) return code
  for (const joint of joints) {
    joint.lastIndex = at
    const length = joint.exec(text)?.[0].length
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

/** The characters of a text in base64, without what wraps its lines or escapes it. */
export const base64Only = (text: string): string =>
  onlyBase64.test(text)
    ? text
    : text
        .replace(/%2b|\\{1,8}u002b|&#43;/gi, '+')
        .replace(/%2f|\\{1,8}u002f|\\{1,8}\/|&#47;/gi, '/')
        .replace(/["'][\s+.&,|~\\_]{0,300}["']|=\r?\n|\\{1,8}[nrt]|\s+(?:[>#*|] ?)?/g, '')

const onlyBase64 = /^[\w+/-]*$/

/** The mint mark: the issuer of every token of an installation, by which scanners recognize its tokens. */

export interface MintMark {
  readonly text: string
}

interface TokenPatterns {
  /** The base64url characters with which the payload of every token starts. */
  readonly literal: string
  /** The base64url characters of the header, the same for every token. */
  readonly headerLiteral: string
  /** The three fields of a GitHub custom pattern, for Hyperscan: `\A` and `\z` are the ends of the text. */
  readonly secretFormat: string
  readonly beforeSecret: string
  readonly afterSecret: string
  /** `secretFormat` with exact lengths: fewer false positives, with the same fields before and after. */
  readonly strictFormat: string
}

/** RFC 7515 section 3.1: exactly these header bytes, so that the first 36 characters of a token never differ. */
export const headerLiteral = base64url('{"alg":"HS256","typ":"JWT"}')

const payloadStart = '{"iss":"'
const defaultMark = 'scalr'

/**
 * Checks a mint mark: 4 to 64 printable ASCII characters (0x21 to 0x7e) without `"` and `\`.
 * Throws `TypeError` if no fixed literal finds its tokens, or if JSON escapes it.
 */
export function mintMark(text: string): MintMark {
  const fault = faultOf(text)
  if (fault) throw new TypeError(fault)
  return { text }
}

/** Returns what is wrong with a mint mark as a sentence, or undefined. */
export function faultOf(text: string): string | undefined {
  if (!/^[\x21\x23-\x5b\x5d-\x7e]{4,64}$/.test(text)) {
    return 'A mint mark is 4 to 64 printable ASCII characters without spaces, double quotes and backslashes.'
  }
  // Base64url encodes three bytes as four characters. `{"iss":"scalr` is 13 bytes, 104 bits: 17 characters and two bits.
  // The 18th character, the `j` of GitHub's pattern, consists of these two bits and the four high bits of the next byte,
  // so this byte has to be 0x30 to 0x3f. After `scalr` alone it is the closing quote, 0x22.
  if (text.startsWith(defaultMark) && !/^[0-9:;<=>?]/.test(text.slice(defaultMark.length))) {
    return 'A mint mark that starts with "scalr" must continue with one of 0-9 : ; < = > ?, or scanners miss its tokens.'
  }
  return undefined
}

/** The patterns that find the tokens of a mint mark. Marks that start with `scalr` use GitHub's existing pattern. */
export function patterns(mark: MintMark): TokenPatterns {
  const literal = literalOf(mintMark(mark.text))
  const start = `${headerLiteral}\\.${literal}`
  return {
    literal,
    headerLiteral,
    secretFormat: `${start}[a-zA-Z0-9_-]*\\.[a-zA-Z0-9_-]*`,
    // 43 characters are the 32 bytes of an HMAC-SHA256. 20 is less than the rest of any payload.
    strictFormat: `${start}[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{43}`,
    beforeSecret: '\\A|[^0-9A-Za-z]',
    afterSecret: '\\z|[^0-9A-Za-z]',
  }
}

/** Whether a text contains something that looks like a token of this mint mark. */
export function holdsToken(mark: MintMark, text: string): boolean {
  return text.includes(headerLiteral) && new RegExp(patterns(mark).strictFormat).test(text)
}

/** The last character may contain bits of the byte after the mark, which is always the closing quote. */
function literalOf({ text }: MintMark): string {
  // One pattern finds the tokens of all installations with the default mark.
  const common = text.startsWith(defaultMark) ? defaultMark : text
  const characters = Math.ceil(((payloadStart.length + common.length) * 4) / 3)
  return base64url(`${payloadStart}${text}"`).slice(0, characters)
}

/** For ASCII. Without `Buffer`, because the console uses it in the browser. */
function base64url(text: string): string {
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

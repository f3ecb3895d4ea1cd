/**
 * Validates email addresses: a dot-atom, an @ and host labels (RFC 5322 section 3.2.3, RFC 6531), without groups, lists,
 * quoted strings, comments and address literals. Rejects characters that are invisible or change the text direction, and
 * parts that mix scripts (UTS 39 "highly restrictive"), because such addresses can impersonate others.
 */
const charactersMax = 254
const localCharactersMax = 64

const atom = /^[\p{L}\p{M}\p{N}!#$&'*+\-/=?^_`{|}~]+(?:\.[\p{L}\p{M}\p{N}!#$&'*+\-/=?^_`{|}~]+)*$/u
const hostLabel = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u
const invisible = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u

/** Recommended scripts (UAX 31 table 5), grouped if they are commonly used together. */
const scripts = [
  'Latin Han Hiragana Katakana',
  'Latin Han Bopomofo',
  'Latin Han Hangul',
  ...'Cyrillic Greek Armenian Hebrew Arabic Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu'.split(' '),
  ...'Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Ethiopic Khmer Thaana'.split(' '),
].map((together) => {
  const named = together.split(' ').map((script) => `\\p{Script_Extensions=${script}}`)
  return new RegExp(`^[\\p{Script=Common}\\p{Script=Inherited}${named.join('')}]*$`, 'u')
})

const isOneScript = (part: string): boolean => scripts.some((script) => script.test(part))

export const emailAddressDetail =
  'Expected one email address, such as ann@example.com, without spaces, quotes, invisible characters or mixed scripts.'

export function isEmailAddress(text: string): boolean {
  if (text.length > charactersMax || invisible.test(text)) return false
  const composed = text.normalize('NFC')
  const [local = '', host = '', ...more] = composed.split('@')
  if (more.length > 0 || local.length > localCharactersMax || !atom.test(local) || !isOneScript(local)) return false
  const labels = host.split('.')
  return labels.every((label) => label.length <= 63 && hostLabel.test(label) && isOneScript(label))
}

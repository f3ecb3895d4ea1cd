/**
 * How text is compared where letter case does not count: the same in both databases, in JavaScript and in every locale.
 * The text is composed (NFC), then each code point becomes its lower-case form where that is one code point.
 */

/** The name of the SQL function in both databases. */
export const foldFunction = 'mintmark_fold'

/** Returns text that differs from the given one in letter case and composition only. */
export const fold = (text: string): string => {
  const composed = text.normalize('NFC')
  // Nearly all text is in ASCII.
  return /^[\0-\x7f]*$/.test(composed) ? composed.toLowerCase() : Array.from(composed, foldedLetter).join('')
}

/** By way of the capital: ς and σ are one letter, as are ſ and s. İ has a lower-case form of two code points. */
function foldedLetter(letter: string): string {
  if (letter === 'İ') return 'i'
  const upper = letter.toUpperCase()
  const lower = (isOne(upper) ? upper : letter).toLowerCase()
  return isOne(lower) ? lower : letter
}

const isOne = (text: string): boolean => text.length === String.fromCodePoint(text.codePointAt(0) ?? 0).length

/** Above it no script has letter case. */
const casedMax = 0x1_ffff

/** Every code point that `fold` changes, and beside it what it becomes: for `translate` of SQL. */
export function foldTable(): { readonly from: string; readonly to: string } {
  const all = Array.from({ length: casedMax }, (_, code) => String.fromCodePoint(code))
  const letters = all.filter((letter) => /\p{Changes_When_Casemapped}/u.test(letter))
  const changed = letters.filter((letter) => letter.normalize('NFC') === letter && foldedLetter(letter) !== letter)
  return { from: changed.join(''), to: changed.map(foldedLetter).join('') }
}

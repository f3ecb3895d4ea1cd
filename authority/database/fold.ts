/**
 * How text is compared where letter case does not count: the same in both databases, in JavaScript and in every locale.
 * The text is composed (NFC), then each code point becomes its lower-case form where that is one code point.
 */

/** The SQL function of both databases that tells whether a text matches the pattern of `patternOf`. */
export const matchFunction = 'mintmark_matches'

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

/**
 * A regular expression for the texts that contain this one, whatever the letter case and composition. JavaScript and
 * PostgreSQL read it alike: it names every form of every letter, so no locale has a say, and an index of trigrams can use it.
 */
export function patternOf(text: string): string {
  return Array.from(fold(text), (letter) => {
    const forms = [letter, ...(formsOf().get(letter) ?? [])].flatMap((form) => [form, form.normalize('NFD')])
    const distinct = [...new Set(forms)].map((form) => form.replace(/[\^$\\.*+?()[\]{}|/]/gu, '\\$&'))
    return distinct.length === 1 ? distinct[0] : `(?:${distinct.join('|')})`
  }).join('')
}

/** Above it no script has letter case. */
const casedMax = 0x1_ffff
let forms: ReadonlyMap<string, readonly string[]> | undefined

/** The code points that `fold` turns into each letter. */
function formsOf(): ReadonlyMap<string, readonly string[]> {
  if (forms) return forms
  const all = Array.from({ length: casedMax }, (_, code) => String.fromCodePoint(code)).join('')
  const cased = all.match(/\p{Changes_When_Casemapped}/gu) ?? []
  forms = Map.groupBy(
    cased.filter((letter) => letter.normalize('NFC') === letter),
    foldedLetter,
  )
  return forms
}

interface Compiled {
  readonly expression: RegExp
  /** What the expression looks for, folded. */
  readonly text: string
}

const compiled = new Map<string, Compiled>()
const compiledMax = 50
/** So many steps of an expression cost less than folding the value. */
const cheapSteps = 1_000

/** The SQL function, for a database that has none of its own: 1 or 0, or null for what is no text. */
export function matches(value: unknown, pattern: unknown): number | null {
  if (typeof value !== 'string' || typeof pattern !== 'string') return null
  const known = compiled.get(pattern) ?? { expression: new RegExp(pattern, 'u'), text: textOf(pattern) }
  if (compiled.size >= compiledMax) compiled.clear()
  compiled.set(pattern, known)
  const { expression, text } = known
  // An expression starts again at every letter, so the worst of texts take a square of steps.
  const isLinear = (value.length - text.length) * text.length > cheapSteps && !hasParts.test(value)
  return (isLinear ? foldedLetters(value).includes(text) : expression.test(value)) ? 1 : 0
}

/** Code points of which several may stand for one composed letter. */
const hasParts = /[\p{M}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u

/** The text of which `patternOf` made this pattern: the first form of each letter is the folded one. */
const textOf = (pattern: string): string =>
  pattern.replace(/\(\?:([^|]+)\|[^)]*\)|\\(.)/gu, (_, first?: string, escaped?: string) => first ?? escaped ?? '')

let folded: ReadonlyMap<string, string> | undefined

/** As the patterns see it: letters that composing would change are none of their forms. */
function foldedLetters(text: string): string {
  folded ??= new Map([...formsOf()].flatMap(([letter, forms]) => forms.map((form) => [form, letter] as const)))
  let all = ''
  for (const letter of text) all += folded.get(letter) ?? letter
  return all
}

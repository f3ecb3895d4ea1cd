/**
 * Case-insensitive text comparison, the same in both databases, in JavaScript and in every locale. The text is composed (NFC),
 * then each code point is replaced by its lower-case form if that is one code point.
 */

/** The SQL function of both databases that returns whether a text matches a pattern from `patternOf`. */
export const matchFunction = 'mintmark_matches'

/** Returns the text in its folded form: texts that differ only in case and composition have the same one. */
export const fold = (text: string): string => {
  const composed = text.normalize('NFC')
  // Fast path: most text is ASCII.
  return /^[\0-\x7f]*$/.test(composed) ? composed.toLowerCase() : Array.from(composed, foldedLetter).join('')
}

/** Goes through upper case, so that ς and σ are equal, as are ſ and s. İ has a lower-case form of two code points. */
function foldedLetter(letter: string): string {
  if (letter === 'İ') return 'i'
  const upper = letter.toUpperCase()
  const lower = (isOne(upper) ? upper : letter).toLowerCase()
  return isOne(lower) ? lower : letter
}

const isOne = (text: string): boolean => text.length === String.fromCodePoint(text.codePointAt(0) ?? 0).length

/**
 * Returns a regular expression for texts that contain this one, regardless of case and composition. It lists every form of
 * every letter, so JavaScript and PostgreSQL agree in any locale, and a trigram index can use it.
 */
export function patternOf(text: string): string {
  return Array.from(fold(text), (letter) => {
    const forms = [letter, ...(formsOf().get(letter) ?? [])].flatMap((form) => [form, form.normalize('NFD')])
    const distinct = [...new Set(forms)].map((form) => form.replace(/[\^$\\.*+?()[\]{}|/]/gu, '\\$&'))
    return distinct.length === 1 ? distinct[0] : `(?:${distinct.join('|')})`
  }).join('')
}

/** No script has cased letters above this code point. */
const casedMax = 0x1_ffff
let forms: ReadonlyMap<string, readonly string[]> | undefined

/** Maps each folded letter to the code points that fold to it. */
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
  /** The folded text that the expression finds. */
  readonly text: string
}

const compiled = new Map<string, Compiled>()
const compiledMax = 50
/** Up to this number of regular expression steps, matching is cheaper than folding the value. */
const cheapSteps = 1_000

/** Implements `matchFunction` for SQLite: returns 1, 0, or null if an argument is not text. */
export function matches(value: unknown, pattern: unknown): number | null {
  if (typeof value !== 'string' || typeof pattern !== 'string') return null
  const known = compiled.get(pattern) ?? { expression: new RegExp(pattern, 'u'), text: textOf(pattern) }
  if (compiled.size >= compiledMax) compiled.clear()
  compiled.set(pattern, known)
  const { expression, text } = known
  // The expression restarts at every letter, so in the worst case it takes a quadratic number of steps.
  const isLinear = (value.length - text.length) * text.length > cheapSteps && !hasParts.test(value)
  return (isLinear ? foldedLetters(value).includes(text) : expression.test(value)) ? 1 : 0
}

/** Matches code points that may be part of a composed letter. */
const hasParts = /[\p{M}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u

/** Returns the text from which `patternOf` made this pattern: the first form of each letter is the folded one. */
const textOf = (pattern: string): string =>
  pattern.replace(/\(\?:([^|]+)\|[^)]*\)|\\(.)/gu, (_, first?: string, escaped?: string) => first ?? escaped ?? '')

let folded: ReadonlyMap<string, string> | undefined

/** Folds letter by letter without composing, because the patterns match no letter that composing would change. */
function foldedLetters(text: string): string {
  folded ??= new Map([...formsOf()].flatMap(([letter, forms]) => forms.map((form) => [form, letter] as const)))
  let all = ''
  for (const letter of text) all += folded.get(letter) ?? letter
  return all
}

/** Matches the claims of an ID token against the conditions of an assume policy. */
export interface Condition {
  readonly claim: string
  readonly value: string
  readonly operator: 'eq' | 'contains' | 'startswith' | 'endswith' | 'like'
}

const operators: Record<Condition['operator'], (actual: string, expected: string) => boolean> = {
  eq: (actual, expected) => actual === expected,
  contains: (actual, expected) => actual.includes(expected),
  startswith: (actual, expected) => actual.startsWith(expected),
  endswith: (actual, expected) => actual.endsWith(expected),
  like: matchesWildcards,
}

/** Whether all conditions match. If a claim is a list, one matching entry is enough. Without conditions, nothing matches. */
export function meetsConditions(claims: Readonly<Record<string, unknown>>, conditions: readonly Condition[]): boolean {
  if (conditions.length === 0) return false
  return conditions.every(({ claim, value, operator }) => {
    if (!Object.hasOwn(claims, claim)) return false
    const actual = claims[claim]
    const entries = Array.isArray(actual) ? actual : [actual]
    return entries.some((entry) => isPlain(entry) && operators[operator](String(entry), value))
  })
}

const isPlain = (value: unknown) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

type Step = '*' | ((letter: string) => boolean)

/**
 * Shell wildcards (POSIX.1-2024, XCU 2.14): `*` any run, `?` any one character, `[a-z]` and `[!a-z]` one of a set. Backtracks
 * to the last `*` only, which bounds the time to text length times pattern length.
 */
function matchesWildcards(text: string, pattern: string): boolean {
  const steps = stepsOf(pattern)
  let at = 0
  let next = 0
  let star = -1
  let mark = 0
  while (at < text.length) {
    const step = steps[next]
    if (step === '*') {
      star = next++
      mark = at
    } else if (step?.(text[at] as string)) {
      next++
      at++
    } else if (star >= 0) {
      next = star + 1
      at = ++mark
    } else {
      return false
    }
  }
  return steps.slice(next).every((step) => step === '*')
}

function stepsOf(pattern: string): Step[] {
  return [...pattern.matchAll(/\[(!?)(\]?[^\]]*)\]|[\s\S]/g)].map(([whole, not, set]) => {
    if (whole === '*') return '*'
    if (whole === '?') return () => true
    if (set === undefined) return (letter) => letter === whole
    return (letter) => isIn(set, letter) !== (not === '!')
  })
}

/** `a-z` is a range; a dash at either end is a dash. */
function isIn(set: string, letter: string): boolean {
  return [...set.matchAll(/([\s\S])-([\s\S])|[\s\S]/g)].some(([whole, from, to]) =>
    from !== undefined && to !== undefined ? from <= letter && letter <= to : whole === letter,
  )
}

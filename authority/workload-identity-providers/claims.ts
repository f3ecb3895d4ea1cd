/** Whether the claims of a foreign token meet a policy's conditions. */
export interface Condition {
  readonly claim: string
  readonly value: string
  readonly operator: 'eq' | 'contains' | 'startswith' | 'endswith' | 'like'
}

const operators: Record<Condition['operator'], (actual: string, wanted: string) => boolean> = {
  eq: (actual, wanted) => actual === wanted,
  contains: (actual, wanted) => actual.includes(wanted),
  startswith: (actual, wanted) => actual.startsWith(wanted),
  endswith: (actual, wanted) => actual.endsWith(wanted),
  like: matchesWildcards,
}

/** Every condition must hold. Of a claim that is a list, one entry is enough. */
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

/** Shell wildcards: `*` any run, `?` any one character. Walks without going back over more than one `*`. */
function matchesWildcards(text: string, pattern: string): boolean {
  let at = 0
  let p = 0
  let star = -1
  let mark = 0
  while (at < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++
      mark = at
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[at])) {
      p++
      at++
    } else if (star >= 0) {
      p = star + 1
      at = ++mark
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

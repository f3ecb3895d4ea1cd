/** Minimal TypeScript parsing for the tidy test: code without comments and strings, and imports. */

export interface Import {
  /** As written in the file: `./mint.ts`, `@mintmark/token`, `node:crypto`. */
  readonly from: string
  readonly line: number
  /** Erased at run time. */
  readonly typeOnly: boolean
}

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y
const quoted = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y
// A slash starts a regular expression where an expression may start; elsewhere it is a division.
const pattern = /(?<=(?:^|[(,=:[!&|?{};>+]|\breturn)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y
const templatePart = /[`}](?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y

export interface RegexpLiteral {
  readonly source: string
  readonly flags: string
  readonly line: number
}

/** Returns the regular expression literals. */
export function regexpsOf(text: string): RegexpLiteral[] {
  const found: RegexpLiteral[] = []
  codeOf(text, (literal, at) => {
    const end = literal.lastIndexOf('/')
    found.push({ source: literal.slice(1, end), flags: literal.slice(end + 1), line: lineAt(text, at) })
  })
  return found
}

/** Replaces comments and contents of strings by spaces, so that all offsets and lines stay the same. */
export function codeOf(text: string, onRegexp: (literal: string, at: number) => void = () => undefined): string {
  let code = ''
  // Number of open braces in each enclosing `${`.
  const nested: number[] = []
  const take = (expression: RegExp): string | undefined => {
    expression.lastIndex = code.length
    return expression.exec(text)?.[0]
  }
  while (code.length < text.length) {
    const character = text[code.length] as string
    const endsHole = character === '}' && nested.at(-1) === 0
    const hidden = character === '`' || endsHole ? take(templatePart) : (take(comment) ?? take(quoted) ?? take(pattern))
    if (hidden === undefined) {
      if (nested.length > 0 && character === '{') nested.push((nested.pop() ?? 0) + 1)
      if (nested.length > 0 && character === '}') nested.push((nested.pop() ?? 0) - 1)
      code += character
      continue
    }
    if (character === '/' && hidden[1] !== '/' && hidden[1] !== '*') onRegexp(hidden, code.length)
    if (endsHole) nested.pop()
    if (hidden.endsWith('${') && (character === '`' || endsHole)) nested.push(0)
    code += blank(hidden)
  }
  return code
}

/** Keeps the quotes, so that imports can be recognized. */
function blank(hidden: string): string {
  const spaces = hidden.replace(/[^\n]/g, ' ')
  return /^['"]/.test(hidden) ? `${hidden[0]}${spaces.slice(2)}${hidden[0]}` : spaces
}

export function importsOf(text: string, code: string): Import[] {
  const statements =
    /\b(?:import|export)\b(?<type>\s+type\b(?!\s+from\b))?(?:(?!\b(?:import|export)\b)[\w$*\s,{}])*['"](?<blank> *)['"]/g
  const dynamic = /\bimport\(\s*['"](?<blank> *)['"]/g
  return [...code.matchAll(statements), ...code.matchAll(dynamic)].map((match) => {
    const end = match.index + match[0].length - 1
    const from = text.slice(end - (match.groups?.['blank'] ?? '').length, end)
    return { from, line: lineAt(text, match.index), typeOnly: match.groups?.['type'] !== undefined }
  })
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

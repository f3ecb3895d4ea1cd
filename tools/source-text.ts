/** Reads TypeScript just well enough for the tidy test: what is code, and what a file imports. */

export interface Import {
  /** As it stands in the file: `./mint.ts`, `@mintmark/token`, `node:crypto`. */
  readonly from: string
  readonly line: number
  /** Gone at run time. */
  readonly typeOnly: boolean
}

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y
const quoted = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y
// A slash begins a regular expression where a value may begin, and divides everywhere else.
const pattern = /(?<=(?:^|[(,=:[!&|?{};>+]|\breturn)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y
const templatePart = /[`}](?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y

export interface RegexpLiteral {
  readonly source: string
  readonly flags: string
  readonly line: number
}

/** The regular expressions that are written between slashes. */
export function regexpsOf(text: string): RegexpLiteral[] {
  const found: RegexpLiteral[] = []
  codeOf(text, (literal, at) => {
    const end = literal.lastIndexOf('/')
    found.push({ source: literal.slice(1, end), flags: literal.slice(end + 1), line: lineAt(text, at) })
  })
  return found
}

/** The text with comments and the insides of strings as spaces; every character keeps its place and its line. */
export function codeOf(text: string, onRegexp: (literal: string, at: number) => void = () => undefined): string {
  let code = ''
  // How many braces are open inside each `${` we are in.
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

/** Keeps the outer quotes, so that an import can still be recognised. */
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
    const from = text.slice(end - (match.groups?.blank ?? '').length, end)
    return { from, line: lineAt(text, match.index), typeOnly: match.groups?.type !== undefined }
  })
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** The rules of the tidy test. Each is a row in one of the tables below and reports violations by line. */
import { posix } from 'node:path'
import { codeOf, type Import, importsOf, lineAt } from './source-text.ts'

export interface Source {
  /** Relative to the root of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

interface Rule {
  readonly name: string
  /** Returns a line per violation. */
  readonly broken: (files: readonly Read[]) => string[]
}

interface Read extends Source {
  readonly code: string
  readonly imports: readonly (Import & { readonly target: string | undefined })[]
}

const entry = 'index.ts'
/** Dependencies that every operation handler receives. */
const core =
  'authority/{cannot-prepare,context,echo,endpoint-request,ids,member-operations,refuse-taken,step-up,world}.ts'
const coreFiles =
  /^(?:cannot-prepare|context|echo|endpoint-request|ids|member-operations|refuse-taken|step-up|world)\.ts$/
/** The subjects of the authority: tokens, rights, leaks and so on. */
const subjects = 'authority/<subject>'
const technology = ['authority/database', core]
/** Writes of every module are audited. */
const audit = 'authority/audit'

/** The packages and modules that a package or module may import, in addition to itself. */
const modules: Readonly<Record<string, readonly string[]>> = {
  token: [],
  contract: [],
  // A view is typed by the resource it serves.
  'authority/database': ['contract'],
  verifier: ['token'],
  scanner: ['token'],
  client: ['contract'],
  cli: ['client', 'contract', 'scanner', 'token', 'authority'],
  console: ['client', 'contract', 'token'],
  [core]: ['contract', 'token', 'authority/database'],
  [audit]: ['contract', 'token', ...technology],
  [subjects]: ['contract', 'token', ...technology, audit],
  'authority/jsonapi': ['contract', 'token', ...technology, audit],
  'authority/http': ['contract', 'token', 'authority/jsonapi', core, audit, subjects],
  'authority/jobs': ['contract', 'token', ...technology, audit, subjects],
  authority: [
    ...['contract', 'token', 'authority/jsonapi', 'authority/http', 'authority/jobs'],
    ...[...technology, audit, subjects],
  ],
}

/** Tests, measurements and tools may import anything. */
const outside = /^(?:testing|e2e|benchmarks|tools)\//
const tests = /\.test\.ts$/

/** Where a package may be imported. */
const packages: Readonly<Record<string, RegExp>> = {
  kysely: /^authority\/database\/|-(?:store|view)\.ts$/,
  fastify: /^authority\/(?:http|jsonapi)\/|^authority\/(?:app|app-options|main)\.ts$/,
  'node:sqlite': /^authority\/database\//,
  pg: /^authority\/database\//,
}

/** Expressions that are only allowed in files that match `only`. */
const words: readonly { name: string; word: RegExp; only: RegExp }[] = [
  {
    name: 'the environment is read in authority/setup/config.ts and cli/ only',
    word: /\bprocess\s*\.\s*env\b/,
    only: /^authority\/setup\/config\.ts$|^cli\/|^(?:testing|e2e|benchmarks|tools)\//,
  },
  {
    name: 'the clock is read in world.ts of authority, cli and console only',
    word: /\bDate\s*\.\s*now\b|\bnew\s+Date\b(?:\s*\(\s*\)|(?!\s*\())/,
    only: /^(?:authority|cli|console)\/world\.ts$|\.test\.ts$|^(?:testing|e2e|benchmarks|tools)\//,
  },
  {
    name: 'randomness comes from world.ts of authority, cli and console only',
    word: /\b(?:Math\s*\.\s*random|randomBytes|randomUUID|randomInt|randomFill(?:Sync)?|getRandomValues)\b/,
    only: /^(?:authority|cli|console)\/world\.ts$|\.test\.ts$|^(?:testing|e2e|benchmarks|tools)\//,
  },
  // The formatter puts a space before the colon of a conditional expression, and none before a type.
  // Tests read arbitrary members of documents; testing/kit.ts declares this once.
  {
    name: 'nothing is any',
    word: /(?:(?<!\s):|<|[|&]\s|=>|\bas)\s*any\b(?!\s*\()|,\s*any\s*>/,
    only: /^testing\/kit\.ts$/,
  },
  { name: 'nothing is exported by default', word: /\bexport\s+default\b|\bas\s+default\b/, only: /^$/ },
  {
    name: 'no test is singled out, or left out without a reason',
    word: /\.only\s*\(|[{,]\s*only\s*:|\b(?:test|it|describe|suite)\s*\.\s*(?:skip|todo)\b|\.(?:skip|todo)\s*\(\s*\)|[{,]\s*(?:skip|todo)\b(?!\s*:[^,}\n]*['"])/,
    only: /^(?!.*\.test\.ts$)/,
  },
]

const linesMax = 250
/** Exceptions. The list may only shrink. */
const longFiles: readonly string[] = []

const registryHost =
  /\b(?:registry\.(?:npm|yarn)\w*|npmjs|pypi|pythonhosted|crates|rubygems|proxy\.golang)\.(?:org|com|io)\b/i
const lockedAddress = /"resolved": "https?:/

export const rules: readonly Rule[] = [
  {
    name: 'a module imports only what its row in the table allows',
    broken: (files) => files.flatMap(foreignImportsIn),
  },
  { name: 'a package is imported through its entry', broken: (files) => files.flatMap(deepImportsIn) },
  ...Object.entries(packages).map(([name, only]) => ({
    name: `${name} is imported only where it belongs`,
    broken: (files: readonly Read[]) =>
      files
        .filter(({ path }) => !only.test(path) && !outside.test(path))
        .flatMap((file) => file.imports.filter((each) => packageOf(each.from) === name).map((each) => at(file, each))),
  })),
  { name: 'a store is imported only in its own module', broken: (files) => files.flatMap(foreignStoresIn) },
  { name: 'no files of the authority import each other in a circle', broken: cycles },
  ...words.map(({ name, word, only }) => ({
    name,
    broken: (files: readonly Read[]) =>
      files.filter(({ path }) => !only.test(path)).flatMap((file) => found(file, file.code, word)),
  })),
  {
    name: `no file but a test has more than ${linesMax} lines`,
    broken: (files) =>
      files
        .filter(({ path }) => !tests.test(path) && !longFiles.includes(path))
        .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
        .filter(({ lines }) => lines > linesMax)
        .map(({ path, lines }) => `${path}:${lines}`),
  },
]

export const registryRule = 'no text names the host of a package registry'

export function registriesNamedIn(file: Source): string[] {
  return [...found(file, file.text, registryHost), ...found(file, file.text, lockedAddress)]
}

export function read({ path, text }: Source): Read {
  const code = codeOf(text)
  const imports = importsOf(text, code).map((each) => ({ ...each, target: targetOf(path, each.from) }))
  return { path, text, code, imports }
}

/** Returns the file of this repository that an import refers to. */
function targetOf(path: string, from: string): string | undefined {
  if (from.startsWith('.')) return posix.join(posix.dirname(path), from)
  const name = /^@mintmark\/([^/]+)$/.exec(from)?.[1]
  return name ? `${name}/${entry}` : undefined
}

function moduleOf(path: string): string {
  const [name = '', inner = '', ...rest] = path.split('/')
  if (name !== 'authority') return name
  // Files next to the modules compose the authority; setup reads the settings and starts it.
  if (rest.length === 0) return coreFiles.test(inner) ? core : name
  if (inner === 'setup' && rest[0] !== 'settings') return name
  return `${name}/${inner}` in modules ? `${name}/${inner}` : subjects
}

function foreignImportsIn(file: Read): string[] {
  if (outside.test(file.path) || tests.test(file.path)) return []
  const module = moduleOf(file.path)
  const allowed = modules[module]
  if (!allowed) return [`${file.path}:1 (the table has no row for ${module})`]
  return file.imports
    .filter(({ target }) => target && moduleOf(target) !== module && !allowed.includes(moduleOf(target)))
    .map((each) => at(file, each))
}

function deepImportsIn(file: Read): string[] {
  if (outside.test(file.path) || tests.test(file.path)) return []
  const top = (path: string) => path.split('/')[0]
  return file.imports
    .filter(({ from, target }) => target && from.startsWith('.') && top(target) !== top(file.path))
    .map((each) => at(file, each))
}

// Files that compose the authority, and setup, which initializes a database, may use every store.
function foreignStoresIn(file: Read): string[] {
  if (outside.test(file.path) || tests.test(file.path)) return []
  if (moduleOf(file.path) === 'authority') return []
  const folderOf = (path: string) => path.split('/').slice(0, 2).join('/')
  return file.imports
    .filter(({ target }) => target?.endsWith('-store.ts') && folderOf(target) !== folderOf(file.path))
    .map((each) => at(file, each))
}

function cycles(files: readonly Read[]): string[] {
  const byPath = new Map(files.filter(({ path }) => path.startsWith('authority/')).map((file) => [file.path, file]))
  const done = new Set<string>()
  const violations: string[] = []
  const visit = (file: Read, way: readonly string[]): void => {
    if (done.has(file.path)) return
    for (const each of file.imports) {
      const next = each.typeOnly ? undefined : byPath.get(each.target ?? '')
      if (!next) continue
      const start = [...way, file.path].indexOf(next.path)
      if (start >= 0)
        violations.push(`${at(file, each)} (${[...way, file.path].slice(start).join(' → ')} → ${next.path})`)
      else visit(next, [...way, file.path])
    }
    done.add(file.path)
  }
  for (const file of byPath.values()) visit(file, [])
  return violations
}

function found({ path, text }: Source, searched: string, word: RegExp): string[] {
  return [...searched.matchAll(new RegExp(word, `${word.flags}g`))].map(
    ({ index, 0: match }) => `${path}:${lineAt(text, index)} ${match.trim()}`,
  )
}

function at({ path }: Read, { line, from }: Import): string {
  return `${path}:${line} imports ${from}`
}

/** `@peculiar/x509` of `@peculiar/x509/build/x.js`, `node:fs` of `node:fs/promises`. */
function packageOf(from: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from
}

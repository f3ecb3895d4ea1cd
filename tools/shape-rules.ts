/** Limits on the shape of the tree: how long a function is, how many files a folder has, and no cycles between modules. */
import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import { codeOf, importsOf, lineAt } from './source-text.ts'

interface Source {
  readonly path: string
  readonly text: string
}

export const functionLinesMax = 70
export const folderFilesMax = 25

/** Exceptions with their current size. An entry may only shrink or disappear. */
const longFunctions: Readonly<Record<string, number>> = {
  'console/access/policies-panel.tsx PoliciesPanel': 83,
  'console/leaks/leak-rules-form.tsx LeakRulesForm': 141,
  'console/pages/access-policies.tsx AccessPolicies': 74,
  'console/pages/authorize.tsx Consent': 106,
  'console/pages/environment.tsx Shown': 89,
  'console/pages/environments.tsx Environments': 73,
  'console/pages/new-service-account.tsx NewServiceAccount': 159,
  'console/pages/role.tsx Editor': 138,
  'console/pages/security-rules.tsx TokenRulesForm': 76,
  'console/pages/service-account.tsx Shown': 116,
  'console/pages/team.tsx Shown': 74,
  'console/pages/user.tsx Shown': 130,
  'console/pages/webhooks.tsx Webhooks': 141,
  'console/palette/palette.tsx PaletteBody': 91,
  'console/parts/duration-input.tsx DurationInput': 76,
  'console/parts/listing.tsx Listing': 106,
  'console/parts/shell.tsx Shell': 71,
  'console/session/credentials-form.tsx CredentialsForm': 115,
  'console/tokens/create-token.tsx CreateTokenForm': 84,
  'console/tokens/token-table.tsx TokenTable': 82,
  'console/variables/variable-dialog.tsx VariableFields': 151,
  'console/variables/variables-panel.tsx VariablesPanel': 83,
  'testing/everything.ts inputFor': 81,
  'testing/console/keyboard.ts installWalk': 149,
}
const fullFolders: Readonly<Record<string, number>> = {
  token: 28,
  scanner: 45,
  console: 32,
  'console/parts': 35,
  'console/pages': 28,
}

/** Grows with every release, because migrations are never removed. */
const migrationsFolder = 'authority/database/migrations'

const isTest = ({ path }: Source) => path.endsWith('.test.ts')

/** Returns a line per function that is longer than the limit or its exception. */
export function longFunctionsIn(files: readonly Source[], exceptions = longFunctions): string[] {
  return files
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      functionsOf(file)
        .filter(({ name, lines }) => lines > (exceptions[`${file.path} ${name}`] ?? functionLinesMax))
        .map(({ name, line, lines }) => `${file.path}:${line} ${name} has ${lines} lines`),
    )
}

export function fullFoldersIn(files: readonly Source[], exceptions = fullFolders): string[] {
  const byFolder = Map.groupBy(files, ({ path }) => posix.dirname(path))
  return [...byFolder]
    .filter(([folder]) => folder !== migrationsFolder)
    .filter(([folder, inside]) => inside.length > (exceptions[folder] ?? folderFilesMax))
    .map(([folder, inside]) => `${folder} has ${inside.length} files`)
}

/** Returns the cycles between the modules of the authority, by run-time imports. */
export function moduleCyclesIn(files: readonly Source[]): string[] {
  const imports = new Map<string, Map<string, string>>()
  for (const file of files.filter((each) => !isTest(each) && moduleOf(each.path))) {
    const from = moduleOf(file.path) as string
    for (const each of importsOf(file.text, codeOf(file.text))) {
      const to = each.from.startsWith('.') && moduleOf(posix.join(posix.dirname(file.path), each.from))
      if (each.typeOnly || !to || to === from) continue
      const known = imports.get(from) ?? new Map<string, string>()
      imports.set(from, known.set(to, known.get(to) ?? `${file.path}:${each.line}`))
    }
  }
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (module: string, path: readonly string[]): void => {
    const start = path.indexOf(module)
    if (start >= 0) {
      const cycle = [...path.slice(start), module]
      cycles.push(`${imports.get(path.at(-1) as string)?.get(module)} (${cycle.join(' → ')})`)
    }
    if (start >= 0 || done.has(module)) return
    for (const next of imports.get(module)?.keys() ?? []) visit(next, [...path, module])
    done.add(module)
  }
  for (const module of imports.keys()) visit(module, [])
  return cycles
}

const moduleOf = (path: string) => /^authority\/([^/]+)\//.exec(path)?.[1]

interface Measured {
  readonly name: string
  readonly line: number
  readonly lines: number
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

/** Returns every function with a body. An anonymous function has the name of the variable it is assigned to. */
function functionsOf({ path, text }: Source): Measured[] {
  const found: Measured[] = []
  const visit = (node: Node, name: string): void => {
    const own = (node['id'] ?? node['key']) as { readonly name?: string } | null | undefined
    const named = own?.name ?? name
    if (/Function|^ArrowFunctionExpression$/.test(node.type) && node['body']) {
      const line = lineAt(text, node.start)
      found.push({ name: named || 'a function', line, lines: lineAt(text, node.end) - line + 1 })
    }
    for (const child of childrenOf(node)) visit(child, isNamed(node) ? named : '')
  }
  visit(parseSync(path, text).program as unknown as Node, '')
  return found
}

const isNamed = ({ type }: Node) => /^(?:VariableDeclarator|Property|PropertyDefinition|MethodDefinition)$/.test(type)

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((value): value is Node => typeof value === 'object' && value !== null && 'type' in value)
}

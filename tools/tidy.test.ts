import assert from 'node:assert/strict'
import { globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { describe, test } from 'node:test'
import { fullFoldersIn, longFunctionsIn, moduleCyclesIn } from './shape-rules.ts'
import { codeOf, importsOf } from './source-text.ts'
import { read, registriesNamedIn, registryRule, rules, type Source } from './tidy-rules.ts'

const root = dirname(import.meta.dirname)
const notOurs = ['**/node_modules/**', '.git/**', 'data/**', 'console/dist*/**']
// Images and fonts contain no text.
const written = '**/{*.{ts,tsx,mjs,js,json,md,yml,yaml,sh,css,html,txt,toml},Dockerfile,.npmrc,run}'

function sources(pattern: string | string[]): Source[] {
  return globSync(pattern, { cwd: root, exclude: notOurs }).map((path) => ({
    path: path.replaceAll(sep, '/'),
    text: readFileSync(join(root, path), 'utf8'),
  }))
}

describe('the tree', () => {
  const files = sources('**/*.{ts,tsx}').map(read)
  for (const { name, broken } of rules) {
    test(name, () => nowhere(broken(files)))
  }
  test('a function has at most 70 lines', () => nowhere(longFunctionsIn(files)))
  test('a folder has at most 25 files', () => nowhere(fullFoldersIn(files)))
  test('no modules of the authority import each other in a cycle', () => nowhere(moduleCyclesIn(files)))
  // Catches downloads and build output that were committed by accident.
  test('no file is larger than a handwritten one', () => {
    const all = globSync('**/*', {
      cwd: root,
      exclude: [...notOurs, 'console/screenshots/**', 'package-lock.json', '**/*.log'],
    })
    nowhere(all.filter((path) => statSync(join(root, path)).size > 1_000_000))
  })
  test(registryRule, () => {
    const texts = sources([written, '{.*,.*/**}/*.{json,yml}', '.*/run', '.npmrc'])
    nowhere(texts.flatMap(registriesNamedIn))
  })
})

const foreign = 'a module imports only what its row in the table allows'
const deepImport = 'a package is imported through its entry'
const store = 'a store is imported only in its own module'
const circle = 'no files of the authority import each other in a circle'
const environment = 'the environment is read in authority/setup/config.ts and cli/ only'
const clock = 'the clock is read in world.ts of authority, cli and console only'
const randomness = 'randomness comes from world.ts of authority, cli and console only'
const leftOut = 'no test is singled out, or left out without a reason'

type Files = Record<string, string>

const bad: [rule: string, files: Files, place: string][] = [
  [foreign, { 'token/a.ts': "import { x } from '@mintmark/contract'" }, 'token/a.ts:1'],
  [foreign, { 'contract/a.ts': "\nimport type { X } from '@mintmark/token'" }, 'contract/a.ts:2'],
  [foreign, { 'authority/database/a.ts': "import { x } from '../ids.ts'" }, 'authority/database/a.ts:1'],
  [foreign, { 'authority/jsonapi/a.ts': "import { x } from '../users/user-view.ts'" }, 'authority/jsonapi/a.ts:1'],
  [foreign, { 'authority/users/a.ts': "import {\n  x,\n} from '../jsonapi/errors.ts'" }, 'authority/users/a.ts:1'],
  [foreign, { 'authority/users/a.ts': "export * from '../app.ts'" }, 'authority/users/a.ts:1'],
  [foreign, { 'authority/users/a.ts': "const x = await import('../http/server.ts')" }, 'authority/users/a.ts:1'],
  [foreign, { 'authority/http/a.ts': "import '../database/database.ts'" }, 'authority/http/a.ts:1'],
  [foreign, { 'client/a.ts': "import { x } from '@mintmark/authority'" }, 'client/a.ts:1'],
  [foreign, { 'attic/a.ts': '' }, 'attic/a.ts:1'],
  [foreign, { 'console/a.tsx': "import { x } from '@mintmark/authority'" }, 'console/a.tsx:1'],
  [deepImport, { 'authority/users/a.ts': "import { x } from '../../token/hash.ts'" }, 'authority/users/a.ts:1'],
  [
    'kysely is imported only where it belongs',
    { 'authority/users/a.ts': "import { sql } from 'kysely'" },
    'authority/u',
  ],
  ['fastify is imported only where it belongs', { 'cli/a.ts': "import type { X } from 'fastify'" }, 'cli/a.ts:1'],
  ['node:sqlite is imported only where it belongs', { 'cli/a.ts': "import { X } from 'node:sqlite'" }, 'cli/a.ts:1'],
  ['pg is imported only where it belongs', { 'authority/a.ts': "import pg from 'pg'" }, 'authority/a.ts:1'],
  [store, { 'authority/users/a.ts': "import { x } from '../teams/team-store.ts'" }, 'authority/users/a.ts:1'],
  [
    circle,
    { 'authority/a/a.ts': "import { b } from '../b/b.ts'", 'authority/b/b.ts': "\nimport { a } from '../a/a.ts'" },
    'authority/b/b.ts:2',
  ],
  [environment, { 'authority/app.ts': 'const { PORT } = process.env' }, 'authority/app.ts:1'],
  [
    environment,
    { 'authority/app.ts': `const text = \`a $\{ {b: \`$\{process.env.PORT}\`} } c\`` },
    'authority/app.ts:1',
  ],
  [clock, { 'authority/users/a.ts': '// Why\nconst now = new Date()' }, 'authority/users/a.ts:2'],
  [clock, { 'cli/a.ts': 'const now = Date.now()' }, 'cli/a.ts:1'],
  [clock, { 'console/parts/a.tsx': 'const now = new Date()' }, 'console/parts/a.tsx:1'],
  [randomness, { 'token/a.ts': "import { randomBytes } from 'node:crypto'" }, 'token/a.ts:1'],
  [randomness, { 'cli/a.ts': 'crypto.randomUUID()' }, 'cli/a.ts:1'],
  ['nothing is any', { 'cli/a.ts': 'const a = /["\'`]/\nconst b: any = 1' }, 'cli/a.ts:2'],
  ['nothing is any', { 'cli/a.ts': 'f(a as any)' }, 'cli/a.ts:1'],
  ['nothing is any', { 'cli/a.ts': 'const a = new Map<string, any>()' }, 'cli/a.ts:1'],
  ['nothing is exported by default', { 'cli/a.ts': 'export default function a() {}' }, 'cli/a.ts:1'],
  [leftOut, { 'cli/a.test.ts': "test.only('a', () => {})" }, 'cli/a.test.ts:1'],
  [leftOut, { 'cli/a.test.ts': "test('a', { skip: true }, () => {})" }, 'cli/a.test.ts:1'],
  [leftOut, { 'cli/a.test.ts': "test.skip('a', () => {})" }, 'cli/a.test.ts:1'],
  [leftOut, { 'cli/a.test.ts': "test('a', (t) => t.skip())" }, 'cli/a.test.ts:1'],
  ['no file but a test has more than 250 lines', { 'cli/a.ts': 'a\n'.repeat(251) }, 'cli/a.ts:251'],
]

const good: Files[] = [
  { 'authority/users/a.ts': "import { x } from '../teams/team-view.ts'\nimport { y } from '@mintmark/token'" },
  {
    'authority/identity/users/user-store.ts': "import { sql } from 'kysely'\nimport { x } from '../database/tables.ts'",
  },
  { 'authority/users/a.ts': "import { x } from './user-store.ts'" },
  { 'authority/app.ts': "import { x } from './users/user-store.ts'" },
  { 'authority/users/a.http.test.ts': "import { buildApp } from '../app.ts'\nconst now = new Date()" },
  { 'authority/a/a.ts': "import type { b } from '../b/b.ts'", 'authority/b/b.ts': "import { a } from '../a/a.ts'" },
  { 'cli/a.ts': "import { serve } from '@mintmark/authority'\nconst { HOME } = process.env" },
  { 'cli/a.test.ts': "test('a', { skip: here ? false : 'no network here' }, (t) => t.skip('nor there'))" },
  { 'testing/a.ts': "import { x } from '../authority/identity/users/user-store.ts'\nimport pg from 'pg'" },
  {
    'cli/a.ts': `// new Date() as any\n/* process.env */ const a = 'Date.now()' + \`: any $\{new Date(0)} = Date.now\``,
  },
  {
    'authority/users/a.ts':
      'const anyone: anything = { any: 1 }; a / b; const c = a ? b : any; process.envelope; randomBytesOfToken',
  },
]

for (const [name, files, place] of bad) {
  test(`tidy reports: ${name}, in ${JSON.stringify(files).slice(0, 90)}`, () => {
    const places = brokenIn(files).find((each) => each.name === name)?.places ?? []
    assert.equal(places.length, 1)
    assert.ok(places[0]?.startsWith(place), `${places[0]} is not ${place}`)
  })
}

for (const files of good) {
  test(`tidy accepts: ${JSON.stringify(files).slice(0, 90)}`, () => {
    assert.deepEqual(brokenIn(files), [])
  })
}

const lines = (count: number) => '\n'.repeat(count - 1)

describe('the limits on shape', () => {
  const longFunctions = [
    ['a function', `function mint() {${lines(71)}}`, 'cli/a.ts:1 mint has 71 lines'],
    ['an arrow function', `\nexport const mint = () => {${lines(71)}}`, 'cli/a.ts:2 mint has 71 lines'],
    ['a component', `const Row = () => (<b>${lines(71)}</b>)`, 'cli/a.tsx:1 Row has 71 lines'],
    ['a method', `class A { mint(): void {${lines(71)}} }`, 'cli/a.ts:1 mint has 71 lines'],
  ] as const
  for (const [what, text, place] of longFunctions)
    test(`report ${what} of more than 70 lines`, () => {
      const path = place.split(':', 1)[0] as string
      assert.deepEqual(longFunctionsIn([{ path, text }], {}), [place])
      assert.deepEqual(longFunctionsIn([{ path, text }], { [`${path} ${place.split(' ')[1]}`]: 71 }), [])
    })
  test('accept a function of 70 lines, and tests', () => {
    const text = `function mint() {${lines(70)}}`
    assert.deepEqual(longFunctionsIn([{ path: 'cli/a.ts', text }], {}), [])
    assert.deepEqual(longFunctionsIn([{ path: 'cli/a.test.ts', text: `${text}\nfunction b() {${lines(99)}}` }], {}), [])
  })
  test('report a folder of more than 25 files', () => {
    const files = Array.from({ length: 26 }, (_, at) => ({ path: `cli/a${at}.ts`, text: '' }))
    assert.deepEqual(fullFoldersIn(files, {}), ['cli has 26 files'])
    assert.deepEqual(fullFoldersIn(files.slice(1), {}), [])
  })
  test('report modules that import each other, also through a third', () => {
    const at = (path: string, ...imports: string[]) => ({ path, text: imports.join('\n') })
    const files = [
      at('authority/a/one.ts', "import { b } from '../b/one.ts'"),
      at('authority/b/one.ts', "import { c } from '../c/one.ts'"),
      at('authority/c/one.ts', "import { a } from '../a/two.ts'"),
    ]
    assert.deepEqual(moduleCyclesIn(files), ['authority/c/one.ts:1 (a → b → c → a)'])
    assert.deepEqual(
      moduleCyclesIn([...files.slice(0, 2), at('authority/c/one.ts', "import type { A } from '../a/two.ts'")]),
      [],
    )
  })
})

test('tidy reports a registry in any text', () => {
  const host = ['registry', 'npmjs', 'org'].join('.')
  assert.deepEqual(registriesNamedIn({ path: 'a.md', text: `one\nfrom https://${host}/x` }), [`a.md:2 ${host}`])
  assert.equal(registriesNamedIn({ path: 'l', text: `${'"resolved"'}: "https://packages.example/x.tgz"` }).length, 1)
  assert.deepEqual(registriesNamedIn({ path: 'a.md', text: 'the registry. npm is fine' }), [])
})

test('an import is found with its line, and whether it is erased at run time', () => {
  const text =
    "import type A from 'a'\nimport { type B, c } from 'b'\nexport const d = 'from'\nexport type { E } from 'e'"
  assert.deepEqual(importsOf(text, codeOf(text)), [
    { from: 'a', line: 1, typeOnly: true },
    { from: 'b', line: 2, typeOnly: false },
    { from: 'e', line: 4, typeOnly: true },
  ])
})

function nowhere(places: string[]): void {
  assert.ok(places.length === 0, `broken at\n${places.join('\n')}`)
}

function brokenIn(files: Files) {
  const tree = Object.entries(files).map(([path, text]) => read({ path, text }))
  return rules.map(({ name, broken }) => ({ name, places: broken(tree) })).filter(({ places }) => places.length > 0)
}

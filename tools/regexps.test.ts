import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { exceptions, faultOf, slowRegexps } from './regexps.ts'
import { codeOf, regexpsOf } from './source-text.ts'

const root = dirname(import.meta.dirname)
// The console runs in the browser of the person who enters the text.
const folders = '{authority,cli,client,contract,scanner,token,verifier}/**/*.ts'
const files = globSync(folders, { cwd: root, exclude: ['**/node_modules/**', '**/*.test.ts'] })
  .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }))
  .filter(({ path }) => !path.endsWith('-samples.ts'))

test('every regular expression of the server, the scanner and the CLI takes linear time on any text', async () => {
  assert.ok(files.length > 200)
  assert.deepEqual(await slowRegexps(files), [])
})

test('every exception refers to an existing expression and states what limits its input', () => {
  for (const { path, source, reason } of exceptions) {
    const file = files.find((each) => each.path === path)
    assert.ok(file && regexpsOf(file.text).some((each) => each.source === source), `${path} /${source}/`)
    assert.match(reason, /^runs on /)
  }
})

/** The number of expressions and the reason why they are safe. */
const runtime: Readonly<Record<string, readonly [number, string]>> = {
  'authority/database/fold.ts': [1, 'the pattern of a search, made of the letters of the term'],
  'authority/http/console-files.ts': [1, 'the name of an encoding in a fixed frame, on a header of 16 KiB at most'],
  'authority/http/authenticate-sessions.ts': [
    2,
    'the name of a cookie in a fixed frame, on a header of 16 KiB at most',
  ],
  'cli/arguments/find-by-name.ts': [1, 'the prefix of an id in a fixed frame'],
  'cli/auth/terraform-credentials.ts': [2, "reads the person's own file"],
  'contract/email-address.ts': [1, 'one class of letters'],
  'token/mint-mark.ts': [1, 'made from the mint mark; e2e/hostile-text.test.ts gives it the worst text'],
}

test('every expression that is composed at run time has been reviewed', () => {
  const found = files.flatMap(({ path, text }) => {
    const count = [...codeOf(text).matchAll(/\bnew RegExp\(/g)].length
    return count > 0 ? [`${path}: ${count}`] : []
  })
  const known = Object.entries(runtime).map(([path, [count]]) => `${path}: ${count}`)
  assert.deepEqual(found.toSorted(), known.toSorted())
})

test('expressions that take more than linear time are found, with backtracking or with repeated starts', async () => {
  const slow = [
    String.raw`eyJ[\w-]+\.[\w-]+\.[\w-]+`,
    String.raw`eyJ[\w-]+\.[\w-]+\.[\w-]*`,
    String.raw`\s+$`,
    '(a+)+$',
    '^(a|a)*$',
    '^[^x]*@[^x]+$',
    String.raw`<(\w+)[^>]*>.*</\1>`,
  ]
  for (const source of slow) assert.ok(await faultOf(source, ''), source)
  const linear = [String.raw`[\w.-]+`, String.raw`^\d{1,3}(?:\.\d{1,3}){3}$`, '^[^x@]*@[^x]+$', String.raw`\s+`]
  for (const source of linear) assert.equal(await faultOf(source, ''), null, source)
})

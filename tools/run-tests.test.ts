import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { browserHung } from '../testing/console/chromium.ts'
import type { TestRun } from './run-tests.ts'

const intro = "import { test } from 'node:test'\n"
const cases = [
  ['good tests pass', "test('a', () => {}); test('b', () => {})", { passed: 2, failed: 0 }],
  ['a failing test fails', "test('a', () => { throw new Error('no') })", { passed: 0, failed: 1 }],
  ['a failing subtest counts once', "test('a', (t) => t.test('b', () => { throw new Error('no') }))", { failed: 1 }],
  ['a file that does not load fails', "import './nowhere.ts'", { passed: 0, failed: 1 }],
  ['a file that is not TypeScript fails', 'const broken: = 1', { passed: 0, failed: 1 }],
  ['a file without a test fails', '', { passed: 0, failed: 1 }],
  ['a process that ends in the middle fails', "test('a', () => {}); test('b', () => process.exit(0))", { failed: 1 }],
  ['an error after the test fails', "test('a', () => { setTimeout(() => { throw 1 }, 20) })", { passed: 1, failed: 1 }],
  ['a file that does not end fails', "test('a', () => {}); setInterval(() => {}, 1000)", { failed: 1 }],
  ['a skipped test is no passed one', "test('a', { skip: 'why' }, () => {})", { passed: 0, failed: 0, skipped: 1 }],
] as const

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mintmark-run-tests-'))
  const door = pathToFileURL(join(import.meta.dirname, 'run-tests.ts'))
  const program = `import { runTests } from '${door}'
    const runsAlone = (file) => file.includes('-alone')
    const fillsGaps = (file) => file.includes('-gap')
    console.log(JSON.stringify(await runTests(process.argv.slice(2), { millisecondsMax: 5000, runsAlone, fillsGaps })))`
  await writeFile(join(folder, 'program.mjs'), program)
})
after(() => rm(folder, { recursive: true }))

const still = `process.exit(${browserHung})`
const once = `const { existsSync, writeFileSync } = await import('node:fs')
  if (!existsSync(import.meta.filename + '.begun')) { writeFileSync(import.meta.filename + '.begun', ''); ${still} }`

test('files that run alone run beside the rest, but never beside each other', async () => {
  const exists = (name: string) => `existsSync('${join(folder, name)}')`
  const bodies = {
    // By the time three others have run in sequence, one that started together with this one has started.
    'first-alone': `while (!${exists('third')}) await setImmediate(); assert.ok(!${exists('second-alone')})`,
    'second-alone': '',
    first: '',
    second: '',
    third: '',
  }
  const files = Object.entries(bodies).map(async ([name, body]) => {
    const file = join(folder, `${name}.test.ts`)
    const imports = `import assert from 'node:assert'
      import { existsSync, writeFileSync } from 'node:fs'
      import { setImmediate } from 'node:timers/promises'
      writeFileSync('${join(folder, name)}', '')`
    await writeFile(file, `${intro}${imports}\ntest('a', async () => { ${body} })`)
    return file
  })
  assert.partialDeepStrictEqual(await runElsewhere(...(await Promise.all(files))), { passed: 5, failed: 0 })
})

test('files that fill gaps run at low priority, in addition to the usual number of files', async () => {
  const exists = (name: string) => `existsSync('${join(folder, name)}')`
  // Three files that wait for each other finish only if all of them run at once.
  const bodies = {
    one: `while (!${exists('in-gap')}) await setImmediate(); assert.equal(getPriority(), ${getPriority()})`,
    two: `while (!${exists('in-gap')}) await setImmediate(); assert.equal(getPriority(), ${getPriority()})`,
    'in-gap': `while (!${exists('one')} || !${exists('two')}) await setImmediate(); assert.equal(getPriority(), 10)`,
  }
  const files = Object.entries(bodies).map(async ([name, body]) => {
    const file = join(folder, `${name}.test.ts`)
    const imports = `import assert from 'node:assert'
      import { existsSync, writeFileSync } from 'node:fs'
      import { getPriority } from 'node:os'
      import { setImmediate } from 'node:timers/promises'
      writeFileSync('${join(folder, name)}', '')`
    await writeFile(file, `${intro}${imports}\ntest('a', async () => { ${body} })`)
    return file
  })
  assert.partialDeepStrictEqual(await runElsewhere(...(await Promise.all(files))), { passed: 3, failed: 0 })
})

describe('test files:', { concurrency: 2 }, () => {
  for (const [name, body, expected] of cases) {
    test(name, async () => {
      const file = join(folder, `${name.replaceAll(' ', '-')}.test.ts`)
      await writeFile(file, intro + body)
      assert.partialDeepStrictEqual(await runElsewhere(file), expected)
    })
  }
  for (const [name, body, expected, times] of [
    ['one whose browser hung is restarted, and the second result counts', once, { passed: 2, failed: 0 }, 1],
    ['one whose browser always hangs fails', still, { passed: 0, failed: 1 }, 4],
  ] as const)
    test(name, async () => {
      const file = join(folder, `${name.replaceAll(' ', '-')}.test.ts`)
      await writeFile(file, `${intro}test('a', () => {}); test('b', async () => { await 0; ${body} })`)
      const run = await runElsewhere(file)
      assert.partialDeepStrictEqual(run, expected)
      assert.deepEqual(run.restarted, Array(times).fill(file))
    })
})

// In a process of its own without this variable, because node:test runs no files from inside a test.
async function runElsewhere(...files: string[]): Promise<TestRun> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program.mjs'), ...files], { env })
  return JSON.parse(stdout)
}

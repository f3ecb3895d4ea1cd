/**
 * Runs everything that a change has to pass: types, formatting and lint, dead code, generated files, and tests,
 * including the tidy test. Continues after failures, so that one run reports all of them. `npm test --
 * authority/database` runs only the tests whose path starts with that.
 */
import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { migratedFile, migratedFileVariable } from '../testing/migrated-file.ts'
import { postgresVariable, sharedServer } from '../testing/postgres.ts'
import { runTests } from './run-tests.ts'

type Outcome = { passed: number; failed: number; remark?: string; output: string }

async function check(wanted: string[]): Promise<void> {
  process.chdir(dirname(import.meta.dirname))
  const started = performance.now()
  const outcomes: Outcome[] = []
  outcomes.push(await builtConsole())
  if (wanted.length === 0) {
    outcomes.push(...(await Promise.all([types(), formatAndLint(), deadCode(), generatedFiles()])))
  }
  outcomes.push(await step('tests', () => tests(wanted)))

  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
  say(`${seconds(started)} in all`)
  say(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

// The console is a separate TypeScript project, because only it may use browser APIs. With several checkers per project,
// each would check most types again.
const types = () => step('types', () => all(typesOf('.'), typesOf('console')))
const typesOf = (project: string) => tool('tsc', '--noEmit', '--pretty', 'false', '--checkers', '1', '-p', project)
const formatAndLint = () =>
  step('format and lint', () => tool('biome', 'check', '--error-on-warnings', '--max-diagnostics=100'))
const deadCode = () => step('dead code', () => tool('knip', '--no-progress', '--no-config-hints'))
// Browser tests use the built console, which has to be built from the current sources.
const builtConsole = () => step('console', () => node('tools/build-console.mjs'))
const generatedFiles = () =>
  step('generated files', async () => {
    if (existsSync('tools/generate.ts')) return await node('tools/generate.ts', '--check')
    return { passed: 0, failed: 0, remark: 'left out: there is no tools/generate.ts yet', output: '' }
  })

async function tests(wanted: string[]): Promise<Outcome> {
  const files = globSync('**/*.test.ts', { exclude: ['**/node_modules/**', 'data/**'] })
    .filter((file) => wanted.length === 0 || wanted.some((start) => file.startsWith(start)))
    .sort((one, other) => Number(isLong(other)) - Number(isLong(one)) || (one < other ? -1 : 1))
  if (files.length === 0) return { passed: 0, failed: 1, output: 'No test was found.' }
  if (process.env['TMPDIR'] === undefined && hasMemoryFolder()) process.env['TMPDIR'] = memoryFolder
  // One server for all files that need a database. It is stopped when this process exits.
  const needsPostgres = (file: string) => /(?:temporary|empty)Postgres|stores\.ts/.test(readFileSync(file, 'utf8'))
  if (files.some(needsPostgres)) process.env[postgresVariable] = await sharedServer()
  process.env[migratedFileVariable] = await migratedFile()
  // Several browsers at once are too slow to render.
  const runsAlone = (file: string) => mentions(file, 'in-browser.ts')
  // These use no browser and start few servers in their own process.
  const fillsGaps = (file: string) => /^(?:cli|client|contract|scanner|token|tools)\//.test(file)
  let finished = 0
  const { passed, failed, skipped, failures, restarted } = await runTests(
    files,
    { runsAlone, fillsGaps },
    (file, run, duration) => {
      finished += 1
      const outcome = run.failed > 0 ? `${run.passed} passed, ${run.failed} FAILED` : `${run.passed} passed`
      say(`  ${String(finished).padStart(3)}/${files.length} ${file}: ${outcome}, ${duration.toFixed(1)} s`)
    },
  )
  const again = restarted.length > 0 ? `; restarted because the browser hung: ${restarted.join(', ')}` : ''
  const remark = `${passed} passed, ${failed} failed, ${skipped} skipped in ${files.length} files${again}`
  return { passed, failed, remark, output: failures.join('\n\n') }
}

/** On Linux, an in-memory file system: commits do not wait for a disk, and killing a process loses nothing. */
const memoryFolder = '/dev/shm'
const memoryBytesMin = 4e9

function hasMemoryFolder(): boolean {
  if (!existsSync(memoryFolder)) return false
  const { bavail, bsize } = statfsSync(memoryFolder)
  return bavail * bsize >= memoryBytesMin
}

const mentions = (file: string, word: string) => readFileSync(file, 'utf8').includes(word)

// The slowest files run first, and short ones fill the gaps.
function isLong(file: string): boolean {
  return file.startsWith('e2e/') || file.startsWith('console/')
}

async function step(name: string, work: () => Promise<Outcome>): Promise<Outcome> {
  const started = performance.now()
  const outcome = await work()
  const remark = outcome.remark ? `, ${outcome.remark}` : ''
  say(`${outcome.failed > 0 ? 'FAILED' : 'ok    '} ${name}, ${seconds(started)}${remark}`)
  if (outcome.failed > 0) say(`${outcome.output.trimEnd()}\n`)
  return outcome
}

async function all(...parts: Promise<Outcome>[]): Promise<Outcome> {
  const outcomes = await Promise.all(parts)
  const failed = outcomes.filter((outcome) => outcome.failed > 0)
  return {
    passed: 1,
    failed: 0,
    output: '',
    ...(failed[0] && { ...failed[0], output: failed.map((each) => each.output).join('') }),
  }
}

// With this process's Node, because the tools' shebang lines use the first Node in PATH.
function tool(name: string, ...args: string[]): Promise<Outcome> {
  return node(join('node_modules/.bin', name), ...args)
}

function node(...args: string[]): Promise<Outcome> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (chunk: string) => {
      output += chunk
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.once('close', (code) => done({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output }))
  })
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

await check(process.argv.slice(2))

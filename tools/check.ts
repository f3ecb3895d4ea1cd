/**
 * Everything a change has to pass, in one command: types, format and lint, dead code, generated files, tests (the tidy
 * test among them). It goes on after a failure, so that one run names them all. `npm test -- authority/database` runs
 * only the tests whose path begins like that.
 */
import { spawn } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { run } from 'node:test'
import { inspect } from 'node:util'

type Outcome = { passed: number; failed: number; remark?: string; output: string }

const root = dirname(import.meta.dirname)
const testFileMinutesMax = 4

async function check(wanted: string[]): Promise<void> {
  process.chdir(root)
  const started = performance.now()
  const outcomes: Outcome[] = []
  if (wanted.length === 0) {
    outcomes.push(...(await Promise.all([types(), formatAndLint(), deadCode(), generatedFiles()])))
  }
  outcomes.push(await step('tests', () => tests(wanted)))

  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
  say(`\n${seconds(started)} in all`)
  say(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

const types = () => step('types', () => tool('.bin/tsc', '--noEmit', '--pretty', 'false'))
const formatAndLint = () =>
  step('format and lint', () => tool('.bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=100'))
const deadCode = () => step('dead code', () => tool('.bin/knip', '--no-progress', '--no-config-hints'))
const generatedFiles = () =>
  step('generated files', async () => {
    if (!existsSync('tools/generate.ts')) {
      return { passed: 0, failed: 0, remark: 'left out: there is no tools/generate.ts yet', output: '' }
    }
    return await node('tools/generate.ts', '--check')
  })

async function step(name: string, work: () => Promise<Outcome>): Promise<Outcome> {
  const started = performance.now()
  const outcome = await work()
  const remark = outcome.remark ? `  ${outcome.remark}` : ''
  say(`${outcome.failed > 0 ? 'FAILED' : 'ok    '} ${name} ${seconds(started)}${remark}`)
  if (outcome.failed > 0) say(outcome.output.trimEnd())
  return outcome
}

// Through this process's own Node, because the tools' first lines name whichever Node comes first in PATH.
function tool(name: string, ...args: string[]): Promise<Outcome> {
  return node(join('node_modules', name), ...args)
}

function node(...args: string[]): Promise<Outcome> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('close', (code) => done({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output }))
  })
}

async function tests(wanted: string[]): Promise<Outcome> {
  const files = globSync('**/*.test.ts', { exclude: ['**/node_modules/**', 'data/**'] })
    .filter((file) => wanted.length === 0 || wanted.some((start) => file.startsWith(start)))
    .sort()
  if (files.length === 0) return { passed: 0, failed: 1, output: 'No test was found.' }

  const stream = run({
    files,
    concurrency: Math.max(2, availableParallelism()),
    timeout: testFileMinutesMax * 60_000,
  })
  const failures: string[] = []
  const printed = new Map<string, string>()
  const broken = new Set<string>()
  const counts = new Map<string, { tests: number; passed: number; skipped: number; todo: number }>()

  for await (const { type, data } of stream) {
    const file = 'file' in data && data.file ? relative(root, data.file) : ''
    if (type === 'test:stdout' || type === 'test:stderr') printed.set(file, (printed.get(file) ?? '') + data.message)
    if (type === 'test:summary' && file) counts.set(file, data.counts)
    if (type === 'test:fail' && !data.todo) {
      broken.add(file)
      const { error } = data.details
      if ('failureType' in error && error.failureType === 'subtestsFailed') continue
      failures.push(`✖ ${data.name}\n  ${file}:${data.line}\n${inspect(error.cause ?? error)}`)
    }
  }

  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const file of files) {
    // Only a file whose tests have all ended has counts; an empty one, or one that called exit(0), is no success.
    const { tests: all, passed, skipped, todo } = counts.get(file) ?? { tests: 0, passed: 0, skipped: 0, todo: 0 }
    if (all === 0 && !broken.has(file)) failures.push(`✖ ${file} has no tests, or ended before they did.`)
    sum.passed += passed
    sum.skipped += skipped
    sum.failed += Math.max(all - passed - skipped - todo, broken.has(file) || all === 0 ? 1 : 0)
  }
  for (const file of broken) if (printed.has(file)) failures.push(`What ${file} printed:\n${printed.get(file)}`)
  if (sum.passed + sum.failed === 0) return { passed: 0, failed: 1, output: 'Every test was left out.' }
  const remark = sum.skipped > 0 ? `${files.length} files, ${sum.skipped} skipped` : `${files.length} files`
  return { passed: sum.passed, failed: sum.failed, remark, output: failures.join('\n\n') }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

await check(process.argv.slice(2))

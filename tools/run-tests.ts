import { availableParallelism } from 'node:os'
import { run } from 'node:test'
import { inspect } from 'node:util'
import { browserHung } from '../testing/console/chromium.ts'

export type TestRun = { passed: number; failed: number; skipped: number; failures: string[]; restarted: string[] }

const attemptsMax = 4

/**
 * Runs each test file in a separate process, a few at a time, and counts the results. Node's runner alone would report
 * success for a file without tests or one that exits early, and would wait forever for one that hangs; here all three
 * fail. Files for which `runsAlone` is true never run beside each other, only beside the rest. Files for which
 * `fillsGaps` is true run in one more process of low priority, while the others wait for databases and browsers. A file
 * whose browser hangs is restarted and reported.
 */
export async function runTests(
  files: string[],
  { millisecondsMax = 4 * 60_000, runsAlone = never, fillsGaps = never } = {},
  onFile: (file: string, run: TestRun, seconds: number) => void = () => undefined,
): Promise<TestRun> {
  const total: TestRun = { passed: 0, failed: 0, skipped: 0, failures: [], restarted: [] }
  const waiting = files.filter((file) => !fillsGaps(file))
  const waitingForGaps = files.filter(fillsGaps)
  let isAloneRunning = false
  const next = () => {
    const index = waiting.findIndex((file) => !isAloneRunning || !runsAlone(file))
    return index < 0 ? waitingForGaps.shift() : waiting.splice(index, 1)[0]
  }
  const worker = async (execArgv: string[], next: () => string | undefined) => {
    for (let file = next(); file; file = next()) {
      const isAlone = runsAlone(file)
      isAloneRunning ||= isAlone
      const startedAt = performance.now()
      let one = await runFile(file, millisecondsMax, execArgv)
      for (let again = 1; one.restarted.length === again && again < attemptsMax; again++) {
        const repeated = await runFile(file, millisecondsMax, execArgv)
        one = { ...repeated, restarted: [...one.restarted, ...repeated.restarted] }
      }
      if (isAlone) isAloneRunning = false
      onFile(file, one, (performance.now() - startedAt) / 1_000)
      total.passed += one.passed
      total.failed += one.failed
      total.skipped += one.skipped
      total.failures.push(...one.failures)
      total.restarted.push(...one.restarted)
    }
  }
  const workers = Array.from({ length: Math.max(2, availableParallelism()) }, () => worker([], next))
  await Promise.all([...workers, worker(lowPriority, () => waitingForGaps.shift())])
  return total
}

const never = (_file: string): boolean => false
const lowPriority = ['--import', `data:text/javascript,import os from 'node:os'; os.setPriority(10)`]

async function runFile(file: string, millisecondsMax: number, execArgv: string[]): Promise<TestRun> {
  const result: TestRun = { passed: 0, failed: 0, skipped: 0, failures: [], restarted: [] }
  const fail = (text: string) => {
    result.failed += 1
    result.failures.push(text)
  }
  const running = new Set<string>()
  let printed = ''
  let isComplete = false

  for await (const { type, data } of run({ files: [file], execArgv, signal: AbortSignal.timeout(millisecondsMax) })) {
    if (type === 'test:stdout' || type === 'test:stderr') printed += data.message
    if (type === 'test:summary' && data.file) isComplete = true
    if (type === 'test:dequeue') running.add(data.name)
    if (type === 'test:complete') running.delete(data.name)
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (isWholeFile(data, file)) {
      if (type === 'test:fail' && data.details.error.exitCode === browserHung) result.restarted.push(file)
      if (type === 'test:fail') fail(`✖ ${file}\n${reasonOfFile(data.details.error, millisecondsMax, running)}`)
    } else if (data.skip !== undefined || data.todo !== undefined) {
      result.skipped += 1
    } else if (type === 'test:fail') {
      const { error } = data.details
      if (failureType(error) === 'subtestsFailed') continue
      fail(`✖ ${data.name}\n${file}:${data.line}\n${reasonOf(error.cause ?? error)}`)
    } else if (data.details.type !== 'suite') {
      result.passed += 1
    }
  }

  if (!isComplete && result.failed === 0)
    fail(`✖ ${file}\nIt has no tests, or its process exited before they finished.`)
  if (result.failed > 0 && printed) result.failures.push(`What ${file} printed:\n${printed.trimEnd()}`)
  return result
}

function isWholeFile(data: { name: string; nesting: number }, file: string): boolean {
  return data.nesting === 0 && data.name === file
}

function reasonOfFile(error: Error, millisecondsMax: number, running: ReadonlySet<string>): string {
  if (failureType(error) === 'testAborted')
    return `It did not finish within ${millisecondsMax / 1000} seconds. Running: ${[...running].join(' > ')}`
  return 'It failed to load, or its process failed outside of a test.'
}

// The message of an assertion already shows both values.
function reasonOf(error: unknown): string {
  const isAssertion = error instanceof Error && 'code' in error && error.code === 'ERR_ASSERTION'
  return isAssertion ? (error.stack ?? error.message) : inspect(error)
}

function failureType(error: Error): unknown {
  return 'failureType' in error ? error.failureType : undefined
}

import { availableParallelism } from 'node:os'
import { run } from 'node:test'
import { inspect } from 'node:util'
import { browserStoodStill } from '../testing/console/chromium.ts'

export type TestRun = { passed: number; failed: number; skipped: number; failures: string[]; begunAnew: string[] }

const timesBegunMax = 4

/**
 * Runs each test file in a process of its own, a few at a time, and counts. Node alone would call a file without tests,
 * or one that ends in the middle, a success, and would wait for ever for one that does not end; here all three fail.
 * Files for which `runsAlone` is true never run beside each other, only beside the rest. Files for which `fillsGaps` is
 * true run in one more process of low priority, in the time that the others wait for databases and browsers.
 * A file whose browser stood still is begun anew, and named.
 */
export async function runTests(
  files: string[],
  { millisecondsMax = 4 * 60_000, runsAlone = never, fillsGaps = never } = {},
  onFile: (file: string, run: TestRun, seconds: number) => void = () => undefined,
): Promise<TestRun> {
  const total: TestRun = { passed: 0, failed: 0, skipped: 0, failures: [], begunAnew: [] }
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
      for (let again = 1; one.begunAnew.length === again && again < timesBegunMax; again++) {
        const repeated = await runFile(file, millisecondsMax, execArgv)
        one = { ...repeated, begunAnew: [...one.begunAnew, ...repeated.begunAnew] }
      }
      if (isAlone) isAloneRunning = false
      onFile(file, one, (performance.now() - startedAt) / 1_000)
      total.passed += one.passed
      total.failed += one.failed
      total.skipped += one.skipped
      total.failures.push(...one.failures)
      total.begunAnew.push(...one.begunAnew)
    }
  }
  const workers = Array.from({ length: Math.max(2, availableParallelism()) }, () => worker([], next))
  await Promise.all([...workers, worker(lowPriority, () => waitingForGaps.shift())])
  return total
}

const never = (_file: string): boolean => false
const lowPriority = ['--import', `data:text/javascript,import os from 'node:os'; os.setPriority(10)`]

async function runFile(file: string, millisecondsMax: number, execArgv: string[]): Promise<TestRun> {
  const result: TestRun = { passed: 0, failed: 0, skipped: 0, failures: [], begunAnew: [] }
  const fail = (text: string) => {
    result.failed += 1
    result.failures.push(text)
  }
  const atWork = new Set<string>()
  let printed = ''
  let isComplete = false

  for await (const { type, data } of run({ files: [file], execArgv, signal: AbortSignal.timeout(millisecondsMax) })) {
    if (type === 'test:stdout' || type === 'test:stderr') printed += data.message
    if (type === 'test:summary' && data.file) isComplete = true
    if (type === 'test:dequeue') atWork.add(data.name)
    if (type === 'test:complete') atWork.delete(data.name)
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (isWholeFile(data, file)) {
      if (type === 'test:fail' && data.details.error.exitCode === browserStoodStill) result.begunAnew.push(file)
      if (type === 'test:fail') fail(`✖ ${file}\n${reasonOfFile(data.details.error, millisecondsMax, atWork)}`)
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
    fail(`✖ ${file}\nIt holds no test, or its process ended before they were done.`)
  if (result.failed > 0 && printed) result.failures.push(`What ${file} printed:\n${printed.trimEnd()}`)
  return result
}

function isWholeFile(data: { name: string; nesting: number }, file: string): boolean {
  return data.nesting === 0 && data.name === file
}

function reasonOfFile(error: Error, millisecondsMax: number, atWork: ReadonlySet<string>): string {
  if (failureType(error) === 'testAborted')
    return `It was not done after ${millisecondsMax / 1000} seconds. At work: ${[...atWork].join(' > ')}`
  return 'It does not load, or its process failed outside of a test.'
}

// The message of an assertion already shows both values.
function reasonOf(error: unknown): string {
  const isAssertion = error instanceof Error && 'code' in error && error.code === 'ERR_ASSERTION'
  return isAssertion ? (error.stack ?? error.message) : inspect(error)
}

function failureType(error: Error): unknown {
  return 'failureType' in error ? error.failureType : undefined
}

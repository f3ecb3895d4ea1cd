/**
 * Mutation testing: changes one expression at a time and expects a test to fail. `npm run mutation -- rights` runs one
 * module, `npm run mutation -- authority/rights/escalation.ts` one file, without arguments all modules run. Prints the
 * mutants that no test detects and a table, and exits with 1 if a module is below its score.
 */
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, matchesGlob, relative, resolve } from 'node:path'
import { Stryker } from '@stryker-mutator/core'
import { migratedFile, migratedFileVariable } from '../../testing/migrated-file.ts'
import { type MutatedModule, modules } from './modules.ts'

const root = resolve(import.meta.dirname, '../..')
const concurrencyMax = 2

type Options = ConstructorParameters<typeof Stryker>[0]
type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number]

interface Score {
  readonly module: MutatedModule
  readonly detected: number
  /** Part of the detected ones. On a busy machine, tests may also end too late without an endless loop. */
  readonly timedOut: number
  readonly survived: number
  readonly ignored: number
  readonly seconds: number
}

async function main(wanted: readonly string[]): Promise<void> {
  process.chdir(root)
  const selected = select(wanted)
  // Stryker starts `node` from PATH; the repository runs on the bundled one.
  process.env['PATH'] = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`
  // Outside of the repository, so that no other tool reads the copies. Stopped tests leave their files in it, too.
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-mutation-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  process.env['TMPDIR'] = folder
  // The copies have a new path each time, so what is compiled in them is of no use later.
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled')
  process.env[migratedFileVariable] = await migratedFile()
  const scores: Score[] = []
  for (const module of selected) scores.push(await mutate(module, folder))
  printTable(scores)
  if (scores.some((score) => percentOf(score) < score.module.scoreMin)) process.exitCode = 1
}

function select(wanted: readonly string[]): MutatedModule[] {
  if (wanted.length === 0) return [...modules]
  return wanted.flatMap((each) => {
    const found = modules.filter(({ name, files }) => name === each || files.some((glob) => matchesGlob(each, glob)))
    if (found.length === 0)
      throw new Error(`${each} is none of the modules ${modules.map(({ name }) => name).join(', ')} or their files.`)
    return found.map((module) => (module.name === each ? module : { ...module, files: [each] }))
  })
}

async function mutate(module: MutatedModule, folder: string): Promise<Score> {
  const startedAt = performance.now()
  process.stdout.write(`${module.name}: ${module.files.join(', ')}\n`)
  const results = await new Stryker(optionsFor(module, folder)).runMutationTest()
  printMissed(results)
  return {
    module,
    detected: results.filter(isDetected).length,
    timedOut: results.filter(({ status }) => status === 'Timeout').length,
    survived: results.filter(isMissed).length,
    ignored: results.filter(({ status }) => status === 'Ignored').length,
    seconds: (performance.now() - startedAt) / 1000,
  }
}

function optionsFor({ name, files, tests, timeoutMilliseconds = 60_000 }: MutatedModule, folder: string): Options {
  return {
    plugins: [import.meta.resolve('@stryker-mutator/tap-runner')],
    testRunner: 'tap',
    // A test file is the unit: each mutant runs the files that reach it. Recording that is slow and useless for one file.
    coverageAnalysis: globSync([...tests]).length > 1 ? 'perTest' : 'off',
    tap: {
      testFiles: [...tests],
      nodeArgs: ['--test-reporter=tap', '--test-skip-pattern=/postgres/i', '-r', '{{hookFile}}', '{{testFile}}'],
      forceBail: true,
    },
    mutate: [...files],
    ignorePatterns: ['/data', '/console/dist*', '/console/screenshots', '/benchmarks'],
    buildCommand: [process.execPath, 'tools/mutation/link-packages.ts', root]
      .map((part) => part.replaceAll(' ', '\\ '))
      .join(' '),
    symlinkNodeModules: false,
    // None: Stryker would rewrite its paths with the API of TypeScript, which version 7 does not have.
    tsconfigFile: '',
    tempDirName: join(folder, name),
    concurrency: concurrencyMax,
    timeoutMS: timeoutMilliseconds,
    reporters: ['progress-append-only'],
  }
}

/** A test failed or did not end, or its file could not even be loaded. Other errors are errors of this tool. */
const isDetected = ({ status, statusReason }: MutantResult): boolean =>
  status === 'Killed' ||
  status === 'Timeout' ||
  (status === 'RuntimeError' && Boolean(statusReason?.includes('Tap process exited with code')))

const isMissed = (mutant: MutantResult): boolean => mutant.status !== 'Ignored' && !isDetected(mutant)

function printMissed(results: readonly MutantResult[]): void {
  for (const { status, fileName, location, mutatorName, replacement } of results.filter(isMissed)) {
    const line = `${relative(root, fileName)}:${location.start.line}:${location.start.column}`
    process.stdout.write(`  ${status} ${line} ${mutatorName}: ${replacement?.replaceAll(/\s+/g, ' ').slice(0, 120)}\n`)
  }
}

function printTable(scores: readonly Score[]): void {
  const rows = [
    ['module', 'mutants', 'detected', 'timed out', 'survived', 'ignored', 'score', 'minimum', 'time'],
    ...scores.map((score) => [
      score.module.name,
      String(score.detected + score.survived),
      String(score.detected),
      String(score.timedOut),
      String(score.survived),
      String(score.ignored),
      `${percentOf(score).toFixed(1)} %`,
      `${score.module.scoreMin} %`,
      `${score.seconds.toFixed(0)} s`,
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  for (const row of rows) {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
    process.stdout.write(`${cells.join('  ')}\n`)
  }
}

function percentOf({ detected, survived }: Score): number {
  return detected + survived === 0 ? 100 : (100 * detected) / (detected + survived)
}

await main(process.argv.slice(2))

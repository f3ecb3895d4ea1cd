import { statSync } from 'node:fs'
import { join } from 'node:path'
import { addAbortSignal } from 'node:stream'
import {
  defaultLimits,
  defaultMark,
  type Limits,
  Scan,
  scanGit,
  scanPaths,
  scanStaged,
  scanStream,
} from '@mintmark/scanner'
import { type FingerprintsHead, type RuleFormat, ruleFormats } from '@mintmark/token'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type ClientFlags, clientCommand, openServer } from '../client-command.ts'
import { print } from '../output/print.ts'
import { progressOnStderr } from '../output/progress.ts'
import { Failed, WrongUsage } from '../report-error.ts'
import { allowFileName, readAllowFile } from './allow-file.ts'
import { readBaseline, writeBaseline } from './baseline.ts'
import { printableJson } from './escape.ts'
import { githubReport } from './github.ts'
import { gitlabReport } from './gitlab.ts'
import { installHook } from './install-hook.ts'
import { jsonReport } from './json.ts'
import { ruleFormat, rulesFor } from './print-rules.ts'
import { countsText, findingsOf, isComplete, isCounted, type Report } from './report.ts'
import { revoke } from './revoke.ts'
import { sarifReport } from './sarif.ts'
import { summary, textReport } from './text.ts'
import { byFingerprint, type CheckedOnline, checkOnline, fingerprintsIn } from './token-status.ts'

const formats = ['text', 'json', 'sarif', 'github', 'gitlab'] as const
type Format = (typeof formats)[number]

interface Flags extends ClientFlags {
  readonly git?: boolean
  readonly staged?: boolean
  readonly stdin?: boolean
  readonly format: Format
  readonly mintMark?: string
  readonly baseline?: string
  readonly writeBaseline?: string
  readonly fingerprints?: string
  readonly online?: boolean
  readonly revoke?: boolean
  readonly maxUnpacked?: number
  readonly installHook?: boolean
  readonly printRules?: RuleFormat
}

const afterHelp = `
Scans files and folders, by default the current one, including the contents of archives. Use --git for git history.
The output never contains a token, only its ID and last six characters.

To allow a token, add a path such as docs/** or the token's ID to ${allowFileName} in the current folder, one per line,
each with a reason after a #.

With --fingerprints or --online, tokens of other installations are listed but do not count as found.
The total unpacked size of archives is limited. Files beyond the limit are listed as not scanned completely.
Raise the limit with --max-unpacked, or add such files to ${allowFileName}.

Exit codes: 0 no tokens found, 1 failed, interrupted or not scanned completely, 2 usage error, 3 tokens found.`

export function addScan(parent: Command): void {
  clientCommand(parent, 'scan', 'Find leaked tokens in files, archives and git history.')
    .argument('[paths...]', 'files and folders, or repositories with --git; - for standard input')
    .option('--git', 'scan the full git history, including unreachable objects')
    .option('--staged', 'scan staged changes')
    .option('--stdin', 'scan standard input, the same as the path -')
    .addOption(new Option('--format <format>', 'output format').choices(formats).default('text'))
    .option('--mint-mark <mark>', 'find tokens whose issuer starts with this mint mark (default: scalr)')
    .option('--baseline <file>', 'ignore the findings in this baseline')
    .option('--write-baseline <file>', 'write a baseline of the current findings and exit with 0')
    .option('--fingerprints <file>', 'identify your tokens offline with a file from mintmark leaks fingerprints')
    .option(
      '--online',
      'check which tokens are active by sending their hashes to the server; requires no authentication',
    )
    .option('--revoke', 'report the tokens to the server, which revokes them; requires no authentication')
    .option('--max-unpacked <GiB>', 'maximum total unpacked size of archives (default: 16)', gibibytes)
    .option('--install-hook', 'install a git pre-commit hook that runs scan --staged')
    .option('--print-rules <format>', `print rules for other scanners: ${ruleFormats.join(', ')}`, ruleFormat)
    .addHelpText('after', afterHelp)
    .action(scan)
}

/** Parses the option, for commander. */
function gibibytes(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 1_000_000)
    throw new InvalidArgumentError('Expected a whole number of GiB from 1 to 1000000.')
  return value
}

function limitsFor(maxUnpacked: number | undefined): Limits {
  if (maxUnpacked === undefined) return defaultLimits
  const workMax = maxUnpacked * 1024 ** 3
  const factor = Math.max(1, workMax / defaultLimits.workMax)
  return {
    depthMax: defaultLimits.depthMax,
    workMax,
    entriesMax: defaultLimits.entriesMax * factor,
    fileWorkMin: defaultLimits.fileWorkMin * factor,
    workPerByte: defaultLimits.workPerByte * factor,
  }
}

async function scan(paths: readonly string[], flags: Flags): Promise<void> {
  if (flags.printRules) return void process.stdout.write(rulesFor(flags.printRules, flags.mintMark, flags))
  if (flags.installHook) return installHook(paths[0] ?? '.')
  if (flags.staged && (flags.git || paths.length > 1))
    throw new WrongUsage('--staged accepts at most one path and cannot be combined with --git')
  const allowed = readAllowFile(allowFileName)
  const isKnown = flags.baseline === undefined ? () => false : readBaseline(flags.baseline)
  const server = flags.online ? openServer(flags) : null
  const fingerprints = flags.fingerprints === undefined ? null : fingerprintsIn(flags.fingerprints)

  const interruption = new AbortController()
  // The first Ctrl-C stops the scan and prints the results so far, the second exits.
  process.once('SIGINT', () => interruption.abort())
  const progress = progressOnStderr()
  const running = new Scan({
    mark: flags.mintMark ?? mintMarkFrom(fingerprints),
    limits: limitsFor(flags.maxUnpacked),
    signal: interruption.signal,
    progress: (counts) => progress.update(countsText({ ...counts, skipped: new Map() })),
  })
  let failure: unknown
  try {
    await readSources(running, paths, flags)
  } catch (error) {
    // Report what was found before the failure.
    if (!interruption.signal.aborted) failure = error
  } finally {
    progress.end()
  }
  if (failure && running.leaks.length === 0) throw failure

  const found = findingsOf(running.leaks)
  const kept = found.filter((finding) => !allowed.finding(finding))
  const newFindings = kept
    .filter((finding) => !isKnown(finding))
    .map((each) => ({
      ...each,
      status: { fingerprint: fingerprints && byFingerprint(fingerprints, each), state: null },
    }))
  const checked: CheckedOnline = server ? await checkOnline(server, newFindings) : { findings: newFindings }
  const findings = checked.findings.filter(isCounted)
  const { counts } = running
  const report: Report = {
    findings: checked.findings,
    fingerprints,
    counts,
    incomplete: counts.incomplete.filter(({ path }) => !allowed.path(path)),
    omittedIncomplete: counts.omittedIncomplete,
    allowed: found.length - kept.length,
    known: kept.length - newFindings.length,
    omittedLocations: running.leaks.reduce((sum, { omittedLocations }) => sum + omittedLocations, 0),
    isInterrupted: failure !== undefined || interruption.signal.aborted,
  }
  printReport(report, flags.json ? 'json' : flags.format)
  if (flags.revoke && findings.length > 0) await revoke(findings, flags)
  if (failure ?? checked.failure) throw failure ?? checked.failure
  if (flags.writeBaseline !== undefined) return writeBaseline(flags.writeBaseline, kept)
  process.exitCode = findings.length > 0 ? 3 : isComplete(report) ? 0 : 1
}

/** A fingerprint file of an installation with a custom mint mark determines which tokens to look for. */
function mintMarkFrom(fingerprints: FingerprintsHead | null): string | undefined {
  return fingerprints?.issuer.startsWith(defaultMark) ? defaultMark : fingerprints?.issuer
}

async function readSources(running: Scan, paths: readonly string[], flags: Flags): Promise<void> {
  const { PATH, HOME, XDG_CONFIG_HOME } = process.env
  const gitEnvironment = { PATH, HOME, XDG_CONFIG_HOME }
  const named = paths.filter((path) => path !== '-')
  for (const path of named) assertReadable(path)
  if (flags.stdin || named.length < paths.length)
    await scanStream(running, 'standard input', addAbortSignal(running.signal, process.stdin))
  else if (named.length === 0) named.push('.')
  if (flags.staged) {
    // `git commit <path>` uses a temporary index, which it passes to the hook in this variable.
    const environment = { ...gitEnvironment, GIT_INDEX_FILE: process.env['GIT_INDEX_FILE'] }
    await scanStaged(running, { folder: named[0] ?? '.', environment, signal: running.signal })
  } else if (flags.git) {
    for (const folder of named) await scanGit(running, { folder, environment: gitEnvironment, signal: running.signal })
  } else
    await scanPaths(
      running,
      named.map((path) => join(path)),
    )
}

function assertReadable(path: string): void {
  try {
    statSync(path)
  } catch (error) {
    throw new Failed(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function printReport(report: Report, format: Format): void {
  if (format === 'text') print(textReport(report))
  else if (format === 'json') print(printableJson(jsonReport(report)))
  else if (format === 'sarif') print(printableJson(sarifReport(report)))
  else if (format === 'gitlab') print(printableJson(gitlabReport(report)))
  else if (report.findings.length > 0 || report.incomplete.length > 0) print(githubReport(report))
  if (format !== 'text' && format !== 'json') process.stderr.write(`${summary(report).join('\n')}\n`)
}

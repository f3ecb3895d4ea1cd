import { statSync } from 'node:fs'
import { join } from 'node:path'
import { addAbortSignal } from 'node:stream'
import {
  type Limits,
  Scan,
  scanGit,
  scanPaths,
  scanStaged,
  scanStream,
  usualLimits,
  usualMark,
} from '@mintmark/scanner'
import { type FingerprintsHead, type RuleFormat, ruleFormats } from '@mintmark/token'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type ClientFlags, clientCommand, openServer } from '../client-command.ts'
import { print } from '../print.ts'
import { Failed, WrongUsage } from '../report-error.ts'
import { allowFileName, readAllowFile } from './allow-file.ts'
import { readBaseline, writeBaseline } from './baseline.ts'
import { printableJson } from './escape.ts'
import { findingsOf, isComplete, isCounted, type Report } from './found.ts'
import { githubReport } from './github.ts'
import { gitlabReport } from './gitlab.ts'
import { installHook } from './install-hook.ts'
import { jsonReport } from './json.ts'
import { ruleFormat, rulesFor } from './print-rules.ts'
import { progressOn } from './progress.ts'
import { revoke } from './revoke.ts'
import { sarifReport } from './sarif.ts'
import { byFingerprint, type CheckedOnline, checkOnline, fingerprintsIn } from './standing.ts'
import { summary, textReport } from './text.ts'

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
Paths are files and folders; archives are opened, and the objects of git are left to --git. Without paths it is this folder.
A token that may lie where it lies is named in ${allowFileName} here: a path such as docs/** or a token's id on
each line, and the reason after a #. The token itself is never shown: only its id and its last six characters.

With --fingerprints or --online, tokens of other installations are told and do not count as found.
A scan has a budget for what archives unpack to. Files that went over it are listed as not scanned completely.
Raise it with --max-unpacked, or name such a file in ${allowFileName}.
Exit codes: 0 nothing found, 3 something found, 1 failed, interrupted or not scanned completely, 2 wrong usage.`

export function addScan(parent: Command): void {
  clientCommand(parent, 'scan', 'Find tokens that leaked, in files, archives and git history.')
    .argument('[paths...]', 'files and folders, - for standard input; with --git repositories')
    .option('--git', 'all that the repository ever held, also what no branch leads to any more')
    .option('--staged', 'what the next commit would take in')
    .option('--stdin', 'standard input, as - among the paths')
    .addOption(new Option('--format <format>', 'how to tell it').choices(formats).default('text'))
    .option('--mint-mark <mark>', 'only tokens whose issuer begins like this; scalr unless told')
    .option('--baseline <file>', 'leave out what this file lists')
    .option('--write-baseline <file>', 'write such a file of what is found now, and exit 0')
    .option('--fingerprints <file>', 'tell genuine tokens by this file of mintmark leaks fingerprints; asks nobody')
    .option('--online', 'ask the server which are live, dead or not its own, by their hashes; needs no token')
    .option('--revoke', 'show what was found to the server, which ends it; needs no token')
    .option('--max-unpacked <GiB>', 'how much all archives together may unpack to; 16 unless told', gibibytes)
    .option('--install-hook', 'have git run scan --staged before each commit')
    .option('--print-rules <format>', `print the rules for other scanners: ${ruleFormats.join(', ')}`, ruleFormat)
    .addHelpText('after', afterHelp)
    .action(scan)
}

/** For commander. The other limits grow with it. */
function gibibytes(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 1_000_000)
    throw new InvalidArgumentError('Expected a whole number of GiB, 1 to 1000000.')
  return value
}

function limitsFor(maxUnpacked: number | undefined): Limits {
  if (maxUnpacked === undefined) return usualLimits
  const workMax = maxUnpacked * 1024 ** 3
  const factor = Math.max(1, workMax / usualLimits.workMax)
  return {
    depthMax: usualLimits.depthMax,
    workMax,
    entriesMax: usualLimits.entriesMax * factor,
    fileWorkMin: usualLimits.fileWorkMin * factor,
    workPerByte: usualLimits.workPerByte * factor,
  }
}

async function scan(paths: readonly string[], flags: Flags): Promise<void> {
  if (flags.printRules) return void process.stdout.write(rulesFor(flags.printRules, flags.mintMark, flags))
  if (flags.installHook) return installHook(paths[0] ?? '.')
  if (flags.staged && (flags.git || paths.length > 1)) throw new WrongUsage('--staged goes with one repository alone')
  const allowed = readAllowFile(allowFileName)
  const isKnown = flags.baseline === undefined ? () => false : readBaseline(flags.baseline)
  const server = flags.online ? openServer(flags) : null
  const fingerprints = flags.fingerprints === undefined ? null : fingerprintsIn(flags.fingerprints)

  const interruption = new AbortController()
  // Once it is a wish to see what there is, twice it is the usual end.
  process.once('SIGINT', () => interruption.abort())
  const progress = progressOn({
    isTTY: process.stderr.isTTY,
    write: (text) => process.stderr.write(text),
    now: () => performance.now(),
  })
  const running = new Scan({
    mark: flags.mintMark ?? markOf(fingerprints),
    limits: limitsFor(flags.maxUnpacked),
    signal: interruption.signal,
    progress: progress.tell,
  })
  let failure: unknown
  try {
    await readSources(running, paths, flags)
  } catch (error) {
    // What was found until then counts.
    if (!interruption.signal.aborted) failure = error
  } finally {
    progress.end()
  }
  if (failure && running.leaks.length === 0) throw failure

  const found = findingsOf(running.leaks)
  const kept = found.filter((finding) => !allowed.finding(finding))
  const fresh = kept
    .filter((finding) => !isKnown(finding))
    .map((each) => ({
      ...each,
      standing: { fingerprint: fingerprints && byFingerprint(fingerprints, each), state: null },
    }))
  const asked: CheckedOnline = server ? await checkOnline(server, fresh) : { findings: fresh }
  const findings = asked.findings.filter(isCounted)
  const { counts } = running
  const report: Report = {
    findings: asked.findings,
    fingerprints,
    counts,
    incomplete: counts.incomplete.filter(({ path }) => !allowed.path(path)),
    incompleteLeftOut: counts.incompleteLeftOut,
    allowed: found.length - kept.length,
    known: kept.length - fresh.length,
    placesLeftOut: running.leaks.reduce((sum, { placesLeftOut }) => sum + placesLeftOut, 0),
    isInterrupted: failure !== undefined || interruption.signal.aborted,
  }
  tell(report, flags.json ? 'json' : flags.format)
  if (flags.revoke && findings.length > 0) await revoke(findings, flags)
  if (failure ?? asked.failure) throw failure ?? asked.failure
  if (flags.writeBaseline !== undefined) return writeBaseline(flags.writeBaseline, kept)
  process.exitCode = findings.length > 0 ? 3 : isComplete(report) ? 0 : 1
}

/** A file of an installation with a mark of its own says for which tokens to look. */
function markOf(fingerprints: FingerprintsHead | null): string | undefined {
  return fingerprints?.issuer.startsWith(usualMark) ? usualMark : fingerprints?.issuer
}

async function readSources(running: Scan, paths: readonly string[], flags: Flags): Promise<void> {
  const { PATH, HOME, XDG_CONFIG_HOME } = process.env
  const clean = { PATH, HOME, XDG_CONFIG_HOME }
  const named = paths.filter((path) => path !== '-')
  for (const path of named) refuseUnreadable(path)
  if (flags.stdin || named.length < paths.length)
    await scanStream(running, 'standard input', addAbortSignal(running.signal, process.stdin))
  else if (named.length === 0) named.push('.')
  if (flags.staged) {
    // `git commit <path>` stages into an index of its own and names it to the hook.
    const environment = { ...clean, GIT_INDEX_FILE: process.env.GIT_INDEX_FILE }
    await scanStaged(running, { folder: named[0] ?? '.', environment, signal: running.signal })
  } else if (flags.git) {
    for (const folder of named) await scanGit(running, { folder, environment: clean, signal: running.signal })
  } else
    await scanPaths(
      running,
      named.map((path) => join(path)),
    )
}

function refuseUnreadable(path: string): void {
  try {
    statSync(path)
  } catch (error) {
    throw new Failed(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function tell(report: Report, format: Format): void {
  if (format === 'text') print(textReport(report))
  else if (format === 'json') print(printableJson(jsonReport(report)))
  else if (format === 'sarif') print(printableJson(sarifReport(report)))
  else if (format === 'gitlab') print(printableJson(gitlabReport(report)))
  else if (report.findings.length > 0 || report.incomplete.length > 0) print(githubReport(report))
  if (format !== 'text' && format !== 'json') process.stderr.write(`${summary(report).join('\n')}\n`)
}

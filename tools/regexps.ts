/**
 * Finds regular expressions that can take longer than linear time. It needs two analyzers, because each misses what the
 * other finds: recheck analyzes a single match by its automaton, scslre also searches that restart at every character.
 */
import { analyse } from 'scslre'
import { regexpsOf } from './source-text.ts'

export interface RegexpSource {
  /** Relative to the root of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

interface Exception {
  readonly path: string
  readonly source: string
  /** The limit of its input. */
  readonly reason: string
}

/** Exceptions whose input is limited by other means. */
export const exceptions: readonly Exception[] = [
  {
    path: 'authority/workload-identity/claims.ts',
    source: '\\[(!?)(\\]?[^\\]]*)\\]|[\\s\\S]',
    reason: 'runs on the value of a condition, 255 characters at most',
  },
  {
    path: 'scanner/token-at.ts',
    source: '[\\w+/-]{0,160}$',
    reason: 'runs on the few hundred bytes before a finding',
  },
  {
    path: 'authority/database/fold.ts',
    source: '\\(\\?:([^|]+)\\|[^)]*\\)|\\\\(.)',
    reason: 'runs on the pattern that patternOf made, in which every group is closed',
  },
]

/** Returns a line per expression that is not linear, or that is composed at run time and cannot be analyzed. */
export async function slowRegexps(files: readonly RegexpSource[]): Promise<string[]> {
  const slow: string[] = []
  const verdicts = new Map<string, string | null>()
  for (const { path, text } of files) {
    for (const { source, flags, line } of regexpsOf(text)) {
      if (exceptions.some((each) => each.path === path && each.source === source)) continue
      const key = `/${source}/${flags}`
      const verdict = verdicts.has(key) ? verdicts.get(key) : await faultOf(source, flags)
      verdicts.set(key, verdict ?? null)
      if (verdict) slow.push(`${path}:${line} /${source}/${flags}: ${verdict}`)
    }
  }
  return slow
}

/** Returns the problem, or null if every text takes linear time. */
export async function faultOf(source: string, flags: string): Promise<string | null> {
  if (!/[*+]|\{\d+,\}/.test(source)) return null
  const { reports } = analyse({ source, flags }, { reportTypes: { Move: true }, assumeRejectingSuffix: false })
  const [report] = reports
  if (report) return `repeating ${JSON.stringify(report.character.pick)} takes more than linear time`
  // Counted repetitions unroll to large automata. An expression that is linear without the counts is linear with them.
  const loose = await attackOn(source.replace(/(?<!\\)\{\d+(?:,\d*)?\}/g, '*'), flags)
  return loose === null ? null : attackOn(source, flags)
}

/** The limits on work remain. With limits on time, the result would depend on the load of the machine. */
const withoutTimeouts = { timeout: null, attackTimeout: null, incubationTimeout: null, seedingTimeout: null }

async function attackOn(source: string, flags: string): Promise<string | null> {
  // Without its native programs, because starting a JVM takes longer than the analysis.
  process.env['RECHECK_SYNC_BACKEND'] = 'pure'
  const { checkSync } = await import('recheck')
  const result = checkSync(source, flags, withoutTimeouts)
  if (result.status === 'safe') return null
  return result.status === 'vulnerable'
    ? `${result.attack.pattern} takes ${result.complexity.summary}`
    : 'not analysable'
}

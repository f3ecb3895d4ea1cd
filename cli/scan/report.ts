/** The input of the output formats: a leaked token at one location, and the whole report. */
import type { TokenState } from '@mintmark/client'
import type { Counts, Incomplete, Leak, TokenLocation } from '@mintmark/scanner'
import { type FingerprintsHead, hashToken } from '@mintmark/token'

export interface Finding {
  readonly leak: Leak
  readonly location: TokenLocation
  /** SHA-256 of the token. Not a secret, as the token contains 192 random bits. */
  readonly hash: string
  readonly status: TokenStatus
}

/** Null if it was not checked, or the check failed. */
export interface TokenStatus {
  readonly fingerprint: 'genuine' | 'unknown' | 'not-in-file' | null
  readonly state: TokenState | null
}

export interface Report {
  /** Includes findings that are not counted. */
  readonly findings: readonly Finding[]
  readonly fingerprints: FingerprintsHead | null
  readonly counts: Counts
  /** Files that were not scanned completely, except allowed ones. */
  readonly incomplete: readonly Incomplete[]
  readonly omittedIncomplete: number
  /** Findings omitted because the allow file or the baseline (`known`) lists them. */
  readonly allowed: number
  readonly known: number
  readonly omittedLocations: number
  readonly isInterrupted: boolean
}

export const findingsOf = (leaks: readonly Leak[]): Finding[] =>
  leaks.flatMap((leak) => {
    const hash = hashToken(leak.token.bytes()).toString('hex')
    return leak.locations.map((location) => ({ leak, location, hash, status: unchecked }))
  })

const unchecked: TokenStatus = { fingerprint: null, state: null }

/**
 * Whether a finding counts as a leak. The server's state takes precedence over the fingerprint file, unless the file
 * contains the token, because it may come from another installation than the server.
 */
export function isCounted({ status: { fingerprint, state } }: Pick<Finding, 'status'>): boolean {
  if (fingerprint === 'genuine' || state === 'active' || state === 'inactive') return true
  return state === null && fingerprint !== 'not-in-file'
}

/** The severity in SARIF's terms. An inactive token is harmless itself but shows that tokens are handled carelessly. */
export function levelOf(finding: Pick<Finding, 'status'>): 'error' | 'warning' | 'note' {
  if (!isCounted(finding)) return 'note'
  return finding.status.state === 'inactive' ? 'warning' : 'error'
}

/** The location without line and commit, which change while the token stays. */
export const pathOf = ({ path, object, objectType }: TokenLocation): string =>
  path ?? `${objectType ?? 'object'} ${object}`

/** For people: `config/a.env:2:7 in commit 0123456789ab (base64 in gzip)`. */
export function locationText(location: TokenLocation): string {
  const { path, line, column, commit, objectType, object } = location
  const inCommit = commit && objectType === 'commit' ? ` message of commit ${commit.slice(0, 12)}` : ''
  const where = path === undefined ? inCommit.trim() || pathOf(location) : path
  const from = path !== undefined && commit ? ` in commit ${commit.slice(0, 12)}` : ''
  const orphan = path === undefined && objectType === 'blob' && object ? ', not in any commit' : ''
  const how = location.how.filter((each) => each !== 'plain').toReversed()
  return `${where}:${line}:${column}${from}${orphan}${how.length > 0 ? ` (${how.join(' in ')})` : ''}`
}

export function findingText({ leak, status: { fingerprint, state } }: Finding): string {
  const known = [fingerprint && fingerprintWords[fingerprint], state && stateWords[state]].filter((each) => each)
  const status = known.length > 0 ? ` (${known.join(', ')})` : ''
  return `Mintmark token ${leak.tokenId} of ${leak.issuer}, ending in ${leak.lastCharacters}${status}`
}

const fingerprintWords = {
  genuine: 'genuine',
  unknown: 'possibly newer than the fingerprint file',
  'not-in-file': 'not in the fingerprint file',
} as const
const stateWords = { active: 'active', inactive: 'inactive', foreign: 'not from this server' } as const

/** Whether the scan read everything. */
export const isComplete = ({ isInterrupted, incomplete, omittedIncomplete }: Report): boolean =>
  !isInterrupted && incomplete.length === 0 && omittedIncomplete === 0

/** For people: `Not scanned completely: backup.zip (exceeds the unpacking limit)`. */
export const incompleteText = ({ path, reason }: Incomplete): string => `Not scanned completely: ${path} (${reason})`

/** `3 files, 120 objects, 4.5 MB; skipped: 2 symbolic link`. */
export function countsText({
  files,
  objects,
  bytes,
  skipped,
}: Pick<Counts, 'files' | 'objects' | 'bytes' | 'skipped'>): string {
  const read = [
    ...(files > 0 || objects === 0 ? [`${files} ${files === 1 ? 'file' : 'files'}`] : []),
    ...(objects > 0 ? [`${objects} ${objects === 1 ? 'object' : 'objects'}`] : []),
    bytes < 1_000_000 ? `${bytes} bytes` : `${(bytes / 1_000_000).toFixed(1)} MB`,
  ].join(', ')
  const reasons = [...skipped].map(([reason, count]) => `${count} x ${reason}`).join('; ')
  return `${read}${reasons ? `; skipped: ${reasons}` : ''}`
}

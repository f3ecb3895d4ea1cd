/** What the formats are handed: a leaked token at one place, and the report as a whole. */
import type { TokenState } from '@mintmark/client'
import type { Counts, Incomplete, Leak, Place } from '@mintmark/scanner'
import { type FingerprintsHead, hashToken } from '@mintmark/token'

export interface Finding {
  readonly leak: Leak
  readonly place: Place
  /** SHA-256 of the token. It tells nobody the token, which holds 192 random bits. */
  readonly hash: string
  readonly standing: TokenStatus
}

/** Null where nobody was asked, or the server gave no answer. */
export interface TokenStatus {
  readonly fingerprint: 'genuine' | 'unknown' | 'not-in-file' | null
  readonly state: TokenState | null
}

export interface Report {
  /** Also those that do not count. */
  readonly findings: readonly Finding[]
  readonly fingerprints: FingerprintsHead | null
  readonly counts: Counts
  /** Files that were not scanned completely, without those that are allowed. */
  readonly incomplete: readonly Incomplete[]
  readonly incompleteLeftOut: number
  /** Left out, because someone said why they may lie there, or because the baseline has them. */
  readonly allowed: number
  readonly known: number
  readonly placesLeftOut: number
  readonly isInterrupted: boolean
}

export const findingsOf = (leaks: readonly Leak[]): Finding[] =>
  leaks.flatMap((leak) => {
    const hash = hashToken(leak.token.bytes()).toString('hex')
    return leak.places.map((place) => ({ leak, place, hash, standing: unasked }))
  })

const unasked: TokenStatus = { fingerprint: null, state: null }

/**
 * Whether a finding is one: something is wrong when it lies there. The server knows more than a file, unless the file
 * is of another installation than the server.
 */
export function isCounted({ standing: { fingerprint, state } }: Pick<Finding, 'standing'>): boolean {
  if (fingerprint === 'genuine' || state === 'live' || state === 'dead') return true
  return state === null && fingerprint !== 'not-in-file'
}

/** How loud it is told, in the words of SARIF. A dead token opens nothing any more; what it shows is a habit. */
export function levelOf(finding: Pick<Finding, 'standing'>): 'error' | 'warning' | 'note' {
  if (!isCounted(finding)) return 'note'
  return finding.standing.state === 'dead' ? 'warning' : 'error'
}

/** Where it is without line and commit, which change while the token stays. */
export const pathOf = ({ path, object, objectType }: Place): string => path ?? `${objectType ?? 'object'} ${object}`

/** For people: `config/a.env:2:7 in commit 0123456789ab (base64 in gzip)`. */
export function placeInWords(place: Place): string {
  const { path, line, column, commit, objectType, object } = place
  const inCommit = commit && objectType === 'commit' ? ` message of commit ${commit.slice(0, 12)}` : ''
  const where = path === undefined ? inCommit.trim() || pathOf(place) : path
  const from = path !== undefined && commit ? ` in commit ${commit.slice(0, 12)}` : ''
  const orphan = path === undefined && objectType === 'blob' && object ? ', which no commit has' : ''
  const how = place.how.filter((each) => each !== 'plain').toReversed()
  return `${where}:${line}:${column}${from}${orphan}${how.length > 0 ? ` (${how.join(' in ')})` : ''}`
}

export function inWords({ leak, standing: { fingerprint, state } }: Finding): string {
  const known = [fingerprint && fingerprintWords[fingerprint], state && stateWords[state]].filter((each) => each)
  const standing = known.length > 0 ? ` (${known.join(', ')})` : ''
  return `Mintmark token ${leak.tokenId} of ${leak.issuer}, ends in ${leak.lastCharacters}${standing}`
}

const fingerprintWords = {
  genuine: 'genuine',
  unknown: 'perhaps newer than the fingerprint file',
  'not-in-file': 'not in the fingerprint file',
} as const
const stateWords = { live: 'live', dead: 'dead', 'not-ours': 'not ours' } as const

/** Whether everything was read that was to be read. */
export const isComplete = ({ isInterrupted, incomplete, incompleteLeftOut }: Report): boolean =>
  !isInterrupted && incomplete.length === 0 && incompleteLeftOut === 0

/** For people: `Not scanned completely: backup.zip (unpacks to too much)`. */
export const incompleteInWords = ({ path, reason }: Incomplete): string => `Not scanned completely: ${path} (${reason})`

/** `3 files, 120 objects, 4.5 MB; skipped: 2 symbolic link`. */
export function countsInWords({
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

/** Checks found tokens against a fingerprint file and against the server. */
import { readFileSync, statSync } from 'node:fs'
import type { checkLeaks, TokenState } from '@mintmark/client'
import { BadFingerprints, type Fingerprints, fingerprintOf, readFingerprints } from '@mintmark/token'
import { WrongUsage } from '../report-error.ts'
import type { Finding, TokenStatus } from './report.ts'

/** Enough for a million fingerprints, the maximum in one file. */
const fileBytesMax = 27_000_000

export function fingerprintsIn(file: string): Fingerprints {
  try {
    if (statSync(file).size > fileBytesMax)
      throw new BadFingerprints(1, 'expected at most a million fingerprints (27 MB)')
    return readFingerprints(readFileSync(file))
  } catch (error) {
    if (error instanceof BadFingerprints)
      throw new WrongUsage(`--fingerprints: ${file}:${error.line}: ${error.message}`)
    throw new WrongUsage(`--fingerprints: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** A token of the file's issuer that the file lacks may have been created later, so it is `unknown`. */
export function byFingerprint(
  { has, issuer }: Fingerprints,
  { hash, leak }: Pick<Finding, 'hash' | 'leak'>,
): TokenStatus['fingerprint'] {
  if (has(fingerprintOf(Buffer.from(hash, 'hex')))) return 'genuine'
  return leak.issuer === issuer ? 'unknown' : 'not-in-file'
}

export interface CheckedOnline {
  readonly findings: readonly Finding[]
  /** The error, if not all tokens could be checked. */
  readonly failure?: unknown
}

/** Checks each token once, by its hash. Tokens that could not be checked keep their status. */
export async function checkOnline(
  server: Parameters<typeof checkLeaks>[0],
  findings: readonly Finding[],
): Promise<CheckedOnline> {
  const hashes = [...new Set(findings.map(({ hash }) => hash))]
  const states = new Map<string, TokenState>()
  let failure: unknown
  try {
    const { checkLeaks } = await import('@mintmark/client')
    for await (const some of checkLeaks(server, hashes))
      for (const state of some) states.set(hashes[states.size] ?? '', state)
  } catch (error) {
    failure = error
  }
  return {
    findings: findings.map((each) => ({
      ...each,
      status: { ...each.status, state: states.get(each.hash) ?? null },
    })),
    failure,
  }
}

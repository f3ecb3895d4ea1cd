/** What is known of a found token besides its shape: from a fingerprint file, and from the authority itself. */
import { readFileSync, statSync } from 'node:fs'
import type { checkLeaks, TokenState } from '@mintmark/client'
import { BadFingerprints, type Fingerprints, fingerprintOf, readFingerprints } from '@mintmark/token'
import { WrongUsage } from '../report-error.ts'
import type { Finding, TokenStatus } from './found.ts'

/** A million fingerprints, which is as many as a server puts into one file. */
const fileBytesMax = 27_000_000

export function fingerprintsIn(file: string): Fingerprints {
  try {
    if (statSync(file).size > fileBytesMax) throw new BadFingerprints(1, 'it is longer than a million fingerprints are')
    return readFingerprints(readFileSync(file))
  } catch (error) {
    if (error instanceof BadFingerprints)
      throw new WrongUsage(`--fingerprints: ${file}:${error.line}: ${error.message}`)
    throw new WrongUsage(`--fingerprints: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** A token of the file's own issuer that it lacks may have been minted after it: that one is unknown, not strange. */
export function byFingerprint(
  { has, issuer }: Fingerprints,
  { hash, leak }: Pick<Finding, 'hash' | 'leak'>,
): TokenStatus['fingerprint'] {
  if (has(fingerprintOf(Buffer.from(hash, 'hex')))) return 'genuine'
  return leak.issuer === issuer ? 'unknown' : 'not-in-file'
}

export interface CheckedOnline {
  readonly findings: readonly Finding[]
  /** Why not all could be asked about. */
  readonly failure?: unknown
}

/** Asks about each token once, by its hash. Those the server did not come to keep the standing they have. */
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
      standing: { ...each.standing, state: states.get(each.hash) ?? null },
    })),
    failure,
  }
}

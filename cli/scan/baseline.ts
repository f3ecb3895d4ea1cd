import { writeFileSync } from 'node:fs'
import { readText } from '../arguments/read-text.ts'
import { Failed, WrongUsage } from '../report-error.ts'
import { printableJson } from './escape.ts'
import { type Finding, pathOf } from './report.ts'

interface Entry {
  readonly 'token-hash': string
  readonly place: string
}

/** Returns whether the baseline contains a token at a path. Line numbers are ignored, because they change. */
export function readBaseline(file: string): (finding: Finding) => boolean {
  const known = new Set(entriesIn(file).map((entry) => keyOf(entry['token-hash'], entry.place)))
  return ({ hash, location }) => known.has(keyOf(hash, pathOf(location)))
}

/** Writes hashes and paths but no tokens, so that the file can be committed. */
export function writeBaseline(file: string, findings: readonly Finding[]): void {
  const entries = new Map(
    findings.map(({ hash, location, leak }) => [
      keyOf(hash, pathOf(location)),
      { 'token-hash': hash, id: leak.tokenId, 'last-characters': leak.lastCharacters, place: pathOf(location) },
    ]),
  )
  const sorted = [...entries].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry)
  try {
    writeFileSync(file, `${printableJson({ version: 1, found: sorted })}\n`)
  } catch (error) {
    throw new Failed(`--write-baseline: ${file} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

const keyOf = (hash: string, path: string) => `${hash} ${path}`

function entriesIn(file: string): readonly Entry[] {
  const text = readText(file, `--baseline: ${file}`)
  try {
    const { version, found } = JSON.parse(text) as { version?: unknown; found?: unknown }
    if (version === 1 && Array.isArray(found) && found.every(isEntry)) return found
  } catch {
    // Reported below.
  }
  throw new WrongUsage(`--baseline: ${file} is not a baseline file; create one with --write-baseline`)
}

const isEntry = (value: unknown): value is Entry =>
  typeof (value as Entry)?.['token-hash'] === 'string' && typeof (value as Entry).place === 'string'

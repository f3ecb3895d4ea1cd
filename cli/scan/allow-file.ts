import { matchesGlob } from 'node:path'
import { readTextIfPresent } from '../arguments/read-text.ts'
import { WrongUsage } from '../report-error.ts'
import { type Finding, pathOf } from './report.ts'

export const allowFileName = '.mintmark-allow'

/** Exceptions from the allow file. */
export interface Allowed {
  /** Whether the file allows this token or its path. */
  readonly finding: (finding: Finding) => boolean
  /** Whether the file allows this path. */
  readonly path: (path: string) => boolean
}

/**
 * Reads lines such as `docs/**` or `at-v0o…`, each with a reason after ` # `. Paths are relative to the current folder.
 * A missing file allows nothing.
 */
export function readAllowFile(file: string): Allowed {
  const entries = (readTextIfPresent(file) ?? '')
    .split(/\r?\n/)
    .flatMap((line, at) => entryIn(line, `${file}:${at + 1}`))
  const matches = (path: string) => entries.some((entry) => matchesGlob(path.replace(/^\.\//, ''), entry))
  return {
    finding: ({ leak, location }) => entries.includes(leak.tokenId) || matches(pathOf(location)),
    path: matches,
  }
}

function entryIn(line: string, where: string): string[] {
  const hash = line.indexOf('#')
  const entry = (hash < 0 ? line : line.slice(0, hash)).trim()
  const reason = hash < 0 ? '' : line.slice(hash + 1).trim()
  if (!entry) return []
  if (!reason) throw new WrongUsage(`${where}: expected a reason after a #: \`${entry} # the reason\``)
  return [entry]
}

import { matchesGlob } from 'node:path'
import { WrongUsage } from '../complain.ts'
import { readTextIfPresent } from '../read-text.ts'
import { type Finding, pathOf } from './found.ts'

export const allowFileName = '.mintmark-allow'

/** Whether someone wrote down that this may lie there, and why. */
export type IsAllowed = (finding: Finding) => boolean

/**
 * Reads lines such as `docs/**` or `at-v0o…`, each with its reason after ` # `. A path is matched from the folder the
 * scan starts in; without a file nothing is allowed.
 */
export function readAllowFile(file: string): IsAllowed {
  const entries = (readTextIfPresent(file) ?? '')
    .split(/\r?\n/)
    .flatMap((line, at) => entryIn(line, `${file}:${at + 1}`))
  return ({ leak, place }) => {
    const path = pathOf(place).replace(/^\.\//, '')
    return entries.some((entry) => entry === leak.tokenId || matchesGlob(path, entry))
  }
}

function entryIn(line: string, where: string): string[] {
  const hash = line.indexOf('#')
  const entry = (hash < 0 ? line : line.slice(0, hash)).trim()
  const reason = hash < 0 ? '' : line.slice(hash + 1).trim()
  if (!entry) return []
  if (!reason) throw new WrongUsage(`${where}: say why after a #: \`${entry} # the reason\``)
  return [entry]
}

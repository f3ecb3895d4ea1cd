/** A fast first pass over files. Nearly all contain no pattern of a token and are not read again. */
import { readSync } from 'node:fs'
import { type Path, withFile } from './open-file.ts'
import { holdsPackedStart } from './packed-in-base64.ts'
import { packingOf } from './packing.ts'
import type { PatternSearch } from './pattern-search.ts'
import { whyUnreadable } from './unreadable.ts'

export interface FilteredFiles {
  /** Bytes of the files without patterns. */
  readonly files: number
  readonly bytes: number
  /** Paths of the files to scan. */
  readonly selected: readonly number[]
  readonly skipped: readonly string[]
}

const heldBytes = 128 * 1024
/** Bytes after which to yield to the event loop, so that Ctrl-C works. */
const bytesWithoutPause = 16 * 1024 * 1024
const idle: Buffer[] = []

export async function filterFiles(paths: readonly Path[], patterns: PatternSearch): Promise<FilteredFiles> {
  const held = idle.pop() ?? Buffer.allocUnsafeSlow(heldBytes)
  const selected: number[] = []
  const skipped: string[] = []
  let [files, bytes] = [0, 0]
  for (const [at, path] of paths.entries()) {
    try {
      const reading = withFile(path, (file, size) => readUnlessSelected(file, size, held, patterns))
      const read = reading instanceof Promise ? await reading : reading
      if (read === null) skipped.push('not a file or folder')
      else if (read < 0) selected.push(at)
      else {
        files += 1
        bytes += read
      }
    } catch (error) {
      skipped.push(whyUnreadable(error))
    }
  }
  idle.push(held)
  return { files, bytes, selected, skipped }
}

/** Returns the number of bytes read, or -1 if the file has to be scanned. Synchronous for files that fit into one read, as most do. */
function readUnlessSelected(
  file: number,
  size: number,
  held: Buffer,
  patterns: PatternSearch,
): number | Promise<number> {
  const length = readSync(file, held)
  if (packingOf(held, 0, length) || mayContainToken(held, length, patterns)) return -1
  return length === size && size > 0 ? length : filterRest(file, length, held, patterns)
}

async function filterRest(file: number, first: number, held: Buffer, patterns: PatternSearch): Promise<number> {
  let length = first
  let unpaused = 0
  for (let bytes = first; ; ) {
    // Keep the end of the previous read, which may contain the start of a pattern.
    const kept = Math.min(length, patterns.bytesMax)
    held.copyWithin(0, length - kept, length)
    const count = readSync(file, held, kept, held.length - kept, null)
    if (count === 0) return bytes
    length = kept + count
    if (mayContainToken(held, length, patterns)) return -1
    bytes += count
    unpaused += count
    if (unpaused < bytesWithoutPause) continue
    unpaused = 0
    await new Promise(setImmediate)
  }
}

function mayContainToken(held: Buffer, length: number, patterns: PatternSearch): boolean {
  return patterns.next(held, 0, length) >= 0 || holdsPackedStart(held, 0, length)
}

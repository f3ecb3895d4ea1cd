import { readSync } from 'node:fs'
import { type Path, withFile } from './open-file.ts'
import { readContent } from './read-content.ts'
import type { Scan } from './scan.ts'
import { suspectsAmong } from './suspects.ts'
import { whyUnreadable } from './unreadable.ts'
import { filesAmong } from './walk.ts'

const pieceBytes = 64 * 1024
/** So often others get their turn, among them whoever presses Ctrl-C. */
const bytesWithoutPause = 16 * 1024 * 1024

/** Scans files, and folders with all that is in them. Throws when one that was named cannot be read at all. */
export async function scanPaths(scan: Scan, paths: readonly string[]): Promise<void> {
  await scanFiles(scan, filesAmong(scan, paths))
}

/** Scans files that are known by their paths. */
export async function scanFiles(scan: Scan, files: Iterable<Path>): Promise<void> {
  const suspects = suspectsAmong(files, ({ files, bytes, skipped }) => {
    scan.read({ files, bytes })
    for (const reason of skipped) scan.skip(reason)
    scan.signal.throwIfAborted()
  })
  for await (const path of suspects) await scanFile(scan, path)
}

async function scanFile(scan: Scan, path: Path): Promise<void> {
  try {
    const read = await withFile(path, (file, size) =>
      readContent(piecesOf(file, size), path.toString(), scan.reading()).then(() => scan.read({ files: 1 })),
    )
    if (read === null) scan.skip('neither file nor folder')
  } catch (error) {
    scan.skip(whyUnreadable(error))
  }
}

async function* piecesOf(file: number, size: number): AsyncGenerator<Buffer> {
  let unpaused = 0
  for (;;) {
    // New memory for each piece, as the reader may keep some of it.
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(size + 1, 4_096)))
    const count = readSync(file, piece)
    if (count === 0) return
    yield piece.subarray(0, count)
    unpaused += count
    if (unpaused < bytesWithoutPause) continue
    unpaused = 0
    await new Promise(setImmediate)
  }
}

import { readSync } from 'node:fs'
import { type Path, withFile } from './open-file.ts'
import { readContent } from './read-content.ts'
import type { Scan } from './scan.ts'
import { selectFiles } from './select-files.ts'
import { whyUnreadable } from './unreadable.ts'
import { filesAmong } from './walk.ts'

const pieceBytes = 64 * 1024
/** Bytes after which to yield to the event loop, so that Ctrl-C works. */
const bytesWithoutPause = 16 * 1024 * 1024

/** Scans files and folders recursively. Throws if one of the given paths cannot be read. */
export async function scanPaths(scan: Scan, paths: readonly string[]): Promise<void> {
  await scanFiles(scan, filesAmong(scan, paths))
}

/** Scans files by path. */
export async function scanFiles(scan: Scan, files: Iterable<Path>): Promise<void> {
  const selected = selectFiles(files, ({ files, bytes, skipped }) => {
    scan.read({ files, bytes })
    for (const reason of skipped) scan.skip(reason)
    scan.signal.throwIfAborted()
  })
  for await (const path of selected) await scanFile(scan, path)
}

async function scanFile(scan: Scan, path: Path): Promise<void> {
  try {
    const read = await withFile(path, (file, size) =>
      readContent(piecesOf(file, size), path.toString(), scan.reading()).then(() => scan.read({ files: 1 })),
    )
    if (read === null) scan.skip('not a file or folder')
  } catch (error) {
    scan.skip(whyUnreadable(error))
  }
}

async function* piecesOf(file: number, size: number): AsyncGenerator<Buffer> {
  let unpaused = 0
  for (;;) {
    // A new buffer for each piece, because the consumer may keep parts of it.
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

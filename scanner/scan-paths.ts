import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readContent } from './read-content.ts'
import type { Scan } from './scan.ts'

const pieceBytes = 64 * 1024
/** So often others get their turn, among them whoever presses Ctrl-C. */
const bytesWithoutPause = 16 * 1024 * 1024
const filesWithoutPause = 64

/** Scans files, and folders with all that is in them. Throws when one that was named cannot be read at all. */
export async function scanPaths(scan: Scan, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    // Whoever names a link means what it leads to; within a folder links are left alone, so none leads in a circle.
    if (statSync(path).isDirectory()) await scanFolder(scan, path)
    else await scanFile(scan, path)
  }
}

async function scanFolder(scan: Scan, folder: string): Promise<void> {
  const entries = attempt(scan, () => readdirSync(folder, { withFileTypes: true }))
  if (!entries) return
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    scan.signal.throwIfAborted()
    const path = join(folder, entry.name)
    if (entry.isDirectory() && entry.name === '.git') scan.skip('.git folder (its history is read with --git)')
    else if (entry.isDirectory()) await scanFolder(scan, path)
    else if (entry.isFile()) await scanFile(scan, path)
    else if (entry.isSymbolicLink()) scan.skip('symbolic link')
    else if (attempt(scan, () => lstatSync(path))) scan.skip('neither file nor folder')
  }
}

async function scanFile(scan: Scan, path: string): Promise<void> {
  // Without waiting: a named pipe that took the place of a file would otherwise hold us until someone writes to it.
  const file = attempt(scan, () => openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)))
  if (file === undefined) return
  try {
    const { size, isFile } = statOf(file)
    if (!isFile) return scan.skip('neither file nor folder')
    await readContent(piecesOf(file, size), path, scan.reading())
    scan.read({ files: 1 })
    if (scan.counts.files % filesWithoutPause === 0) await pause()
  } catch (error) {
    if (!skipUnreadable(scan, error)) throw error
  } finally {
    closeSync(file)
  }
}

function statOf(file: number): { size: number; isFile: boolean } {
  const stat = fstatSync(file)
  return { size: stat.size, isFile: stat.isFile() }
}

async function* piecesOf(file: number, size: number): AsyncGenerator<Buffer> {
  let unpaused = 0
  for (;;) {
    // New memory for each piece, as the reader may keep some of it. A size is a hint: files grow, and /proc says 0.
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(size + 1, 4_096)))
    const count = readSync(file, piece)
    if (count === 0) return
    yield piece.subarray(0, count)
    unpaused += count
    if (unpaused < bytesWithoutPause) continue
    unpaused = 0
    await pause()
  }
}

const pause = () => new Promise<void>((done) => setImmediate(done))

function attempt<T>(scan: Scan, work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (!skipUnreadable(scan, error)) throw error
    return undefined
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  ENOENT: 'gone before it was read',
  ENXIO: 'neither file nor folder',
  ENOTSUP: 'neither file nor folder',
}

function skipUnreadable(scan: Scan, error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (syscall === undefined || code === undefined) return false
  scan.skip(reasons[code] ?? `cannot be read (${code})`)
  return true
}

import { type Dirent, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { sep } from 'node:path'
import { scanName } from './names.ts'
import type { Path } from './open-file.ts'
import type { Scan } from './scan.ts'
import { whyUnreadable } from './unreadable.ts'

/** All files that are named, and all in the folders that are. Looks at the names on the way. */
export function* filesAmong(scan: Scan, paths: readonly string[]): Generator<Path> {
  for (const path of paths) {
    scanName(scan, path, { path }, 'name')
    // Whoever names a link means what it leads to; within a folder links are left alone, so none leads in a circle.
    if (statSync(path).isDirectory()) yield* filesIn(scan, path)
    else yield path
  }
}

function* filesIn(scan: Scan, folder: Path): Generator<Path> {
  for (const entry of attempt(scan, () => entriesOf(folder)) ?? []) {
    scan.signal.throwIfAborted()
    const path = joined(folder, entry.name)
    scanName(scan, entry.name.toString(), { path: path.toString() }, 'name')
    if (entry.isDirectory() && entry.name.toString() === '.git')
      scan.skip('.git folder (its history is read with --git)')
    else if (entry.isDirectory()) yield* filesIn(scan, path)
    else if (entry.isFile()) yield path
    else if (entry.isSymbolicLink()) {
      scan.skip('symbolic link')
      scanName(scan, attempt(scan, () => readlinkSync(path)) ?? '', { path: path.toString() }, 'link')
    } else if (attempt(scan, () => lstatSync(path))) scan.skip('neither file nor folder')
  }
}

type Entry = Dirent<string> | Dirent<Buffer>

function entriesOf(folder: Path): Entry[] {
  const named = typeof folder === 'string' ? readdirSync(folder, { withFileTypes: true }) : null
  const entries: Entry[] =
    named && !named.some(({ name }) => name.includes('\ufffd'))
      ? named
      : readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** Names in a folder need no tidying, unlike what `join` is for. */
function joined(folder: Path, name: Path): Path {
  if (typeof folder === 'string' && typeof name === 'string')
    return folder === '.' ? name : folder.endsWith(sep) ? folder + name : folder + sep + name
  return Buffer.concat([Buffer.from(folder as Buffer), Buffer.from(sep), Buffer.from(name as Buffer)])
}

function attempt<T>(scan: Scan, work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    scan.skip(whyUnreadable(error))
    return undefined
  }
}

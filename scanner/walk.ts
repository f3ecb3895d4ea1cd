import { type Dirent, existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, sep } from 'node:path'
import { scanName } from './names.ts'
import { type Path, withFile } from './open-file.ts'
import type { Scan } from './scan.ts'
import { whyUnreadable } from './unreadable.ts'

/** Yields all given files and all files in the given folders, and scans their names. */
export function* filesAmong(scan: Scan, paths: readonly string[]): Generator<Path> {
  for (const path of paths) {
    scanName(scan, path, { path }, 'name')
    // Follow links that are given as paths, but not links within folders, which could form cycles.
    if (statSync(path).isDirectory()) yield* filesIn(scan, path)
    else yield path
  }
}

function* filesIn(scan: Scan, folder: Path): Generator<Path> {
  const entries = attempt(scan, () => entriesOf(folder)) ?? []
  const isRepository = isGitFolder(entries)
  for (const entry of entries) {
    scan.signal.throwIfAborted()
    const path = joined(folder, entry.name)
    scanName(scan, entry.name.toString(), { path: path.toString() }, 'name')
    if (entry.isDirectory() && isRepository && entry.name.toString() === 'objects')
      scan.skip('objects of a git repository (read with --git)')
    else if (entry.isDirectory()) yield* filesIn(scan, path)
    else if (entry.isFile() && entry.name.toString() === '.git') yield* linkedGitFiles(path)
    else if (entry.isFile()) yield path
    else if (entry.isSymbolicLink()) {
      scan.skip('symbolic link')
      scanName(scan, attempt(scan, () => readlinkSync(path)) ?? '', { path: path.toString() }, 'link')
    } else if (attempt(scan, () => lstatSync(path))) scan.skip('not a file or folder')
  }
}

/** Files of a git folder other than objects: configuration with URLs and headers, hooks, logs, messages. */
function isGitFolder(entries: readonly Entry[]): boolean {
  const names = new Set(entries.map(({ name }) => name.toString()))
  return ['HEAD', 'objects', 'refs'].every((name) => names.has(name))
}

/** Read through git: objects, and the names of branches, tags and files. */
const readThroughGit = new Set(['objects', 'refs', 'packed-refs', 'index'])

/** Yields the other files of a git folder, without the git folders of submodules. */
export function* gitFolderFiles(scan: Scan, folder: string, isInner = false): Generator<Path> {
  const entries = attempt(scan, () => readdirSync(folder, { withFileTypes: true })) ?? []
  const isRepository = isGitFolder(entries)
  if (isRepository && isInner) return
  for (const entry of entries) {
    scan.signal.throwIfAborted()
    const path = join(folder, entry.name)
    if (isRepository && readThroughGit.has(entry.name)) continue
    if (entry.isDirectory()) yield* gitFolderFiles(scan, path, true)
    else if (entry.isFile()) yield path
  }
}

/** The `.git` file of a worktree or submodule and its configuration, which may be outside the folder. */
function* linkedGitFiles(file: Path): Generator<Path> {
  yield file
  if (typeof file !== 'string') return
  const gitFolder = readPathFrom(file, /^gitdir: (.+)$/m)
  if (gitFolder === undefined) return
  const common = readPathFrom(join(gitFolder, 'commondir'), /^(.+)$/m) ?? gitFolder
  const files = [join(gitFolder, 'config.worktree'), join(common, 'config')]
  for (const each of files) if (existsSync(each)) yield each
}

const pointerBytesMax = 4_096

/** Reads a path from a small file, relative to the file's folder. */
function readPathFrom(file: string, expression: RegExp): string | undefined {
  try {
    const text = withFile(file, (open, size) => (size > pointerBytesMax ? '' : readFileSync(open, 'utf8')))
    const path = expression.exec(text ?? '')?.[1]?.trim()
    return path ? (isAbsolute(path) ? path : join(dirname(file), path)) : undefined
  } catch {
    return undefined
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

/** Faster than `join`, because names in a folder need no normalization. */
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

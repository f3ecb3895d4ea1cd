/** Scans everything in a repository, including unreachable objects: deleted branches, dropped stashes, messages, file names. */
import { realpathSync } from 'node:fs'
import { filterAllObjects } from './all-objects.ts'
import { type BlobLocation, findBlobLocations } from './blob-locations.ts'
import { ByteReader } from './byte-reader.ts'
import { askGit, GitFailed, type Repository, startGit } from './git.ts'
import { scanName } from './names.ts'
import { type Content, readContent } from './read-content.ts'
import type { Incomplete, Scan, TokenLocation } from './scan.ts'
import { scanFiles } from './scan-paths.ts'
import { gitFoldersOf, type Located, submodulesOf } from './submodules.ts'
import type { TokenFound } from './token-at.ts'
import type { Spot } from './token-search.ts'
import { gitFolderFiles } from './walk.ts'

/**
 * Scans the files of the git folder, such as its configuration, then all objects, and then each submodule. A fast first
 * pass over the objects selects the few that are scanned in full.
 */
export async function scanGit(scan: Scan, repository: Repository): Promise<void> {
  await scanWithSubmodules(scan, { repository, prefix: '' }, new Set())
}

async function scanWithSubmodules(scan: Scan, { repository, prefix }: Located, seen: Set<string>): Promise<void> {
  const folders = await gitFoldersOf(repository)
  const common = realpathSync(folders.at(-1)!)
  if (seen.has(common)) return
  seen.add(common)
  for (const folder of folders) await scanFiles(scan, gitFolderFiles(scan, folder))
  await scanHistory(scan, repository, prefix)
  for (const submodule of await submodulesOf(scan, repository, common)) {
    const path = `${prefix}${submodule.prefix}`
    try {
      await scanWithSubmodules(scan, { ...submodule, prefix: path }, seen)
    } catch (error) {
      if (!(error instanceof GitFailed)) throw error
      scan.markIncomplete({ path, reason: error.message })
    }
  }
}

async function scanHistory(scan: Scan, repository: Repository, prefix: string): Promise<void> {
  const refs = await askGit(repository, ['for-each-ref', '--format=%(refname)'])
  for (const ref of refs.split('\n')) scanName(scan, ref, { path: `${prefix}${ref}`, objectType: 'ref' }, 'name')
  const { selected, failure } = await filterAllObjects(repository, ({ damaged = 0, ...read }) => {
    scan.read(read)
    for (let at = 0; at < damaged; at++) scan.skip('damaged object')
  })
  // The selected objects are few. On interruption, those that were selected so far are still scanned.
  const patient = { ...repository, signal: new AbortController().signal }
  const found: Found[] = []
  const incomplete: (Incomplete & { readonly object: string })[] = []
  await readObjects(patient, [...selected.keys()], async (object, bytes) => {
    const objectType = selected.get(object) ?? 'blob'
    const report = (token: TokenFound, content: Content & Spot) => found.push({ token, content, object, objectType })
    await readContent(bytes, '', {
      ...scan.reading(),
      signal: patient.signal,
      read: () => {},
      found: report,
      incomplete: (path, reason) => incomplete.push({ path, reason, object }),
    })
  })
  const objects = [...found.filter(({ objectType }) => objectType === 'blob'), ...incomplete]
  const blobs = new Set(objects.map(({ object }) => object))
  const locations = blobs.size > 0 && !scan.signal.aborted ? await findBlobLocations(repository, blobs) : noLocations
  for (const { token, content, object, objectType } of found) {
    const known = objectType === 'commit' ? [{ commit: object }] : (locations.get(object) ?? [{}])
    for (const { path, commit } of known)
      scan.add(token, { ...content, path: pathOf(path, content.path, prefix), commit, object, objectType })
  }
  for (const { path, reason, object } of incomplete) {
    const known = locations.get(object)?.map((location) => location.path) ?? []
    for (const each of known.length > 0 ? known : [`object ${object}`])
      scan.markIncomplete({ path: pathOf(each, path, prefix) ?? '', reason })
  }
  if (failure) throw failure
}

interface Found {
  readonly token: TokenFound
  readonly content: Content & Spot
  readonly object: string
  readonly objectType: string
}

const noLocations: ReadonlyMap<string, BlobLocation[]> = new Map()

/** Scans the staged changes. */
export async function scanStaged(scan: Scan, repository: Repository): Promise<void> {
  const args = [
    'diff',
    '--cached',
    '--raw',
    '-z',
    '--no-abbrev',
    '--no-renames',
    '--diff-filter=AMT',
    '--no-ext-diff',
    '--no-relative',
  ]
  const lines = (await askGit(repository, [...args, '--ignore-submodules'])).split('\0')
  const paths = new Map<string, string[]>()
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const object = lines[at]?.split(' ')[3] ?? ''
    const path = lines[at + 1] ?? ''
    paths.set(object, [...(paths.get(object) ?? []), path])
    scanName(scan, path, { path, object, objectType: 'blob' }, 'name')
  }
  await readObjects(repository, [...paths.keys()], async (object, bytes) => {
    const locate = (content: TokenLocation & { path: string }) =>
      (paths.get(object) ?? []).map((path) => ({
        ...content,
        path: pathOf(path, content.path) ?? '',
        object,
        objectType: 'blob',
      }))
    await readContent(bytes, '', scan.reading(locate))
    scan.read({ objects: 1 })
  })
}

/** The path of an object or archive entry, with the path of the submodule as prefix. */
function pathOf(path: string | undefined, inner: string, prefix = ''): string | undefined {
  if (path !== undefined || inner !== '') return `${prefix}${path ?? ''}${inner}`
  return prefix === '' ? undefined : prefix.slice(0, -1)
}

/** Reads objects one by one. Missing objects are skipped. */
async function readObjects(
  repository: Repository,
  ids: readonly string[],
  read: (id: string, bytes: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  if (ids.length === 0) return
  const git = startGit(repository, ['cat-file', '--batch', '--buffer'])
  git.input.end(`${ids.join('\n')}\n`)
  const reader = new ByteReader(git.output)
  try {
    for (let header = await reader.line(); header !== undefined; header = await reader.line()) {
      const [id = '', type, size] = header.split(' ')
      if (type === 'missing') continue
      const bytes = reader.pieces(Number(size))
      await read(id, bytes)
      for await (const _ of bytes);
      await reader.take(1)
    }
    await git.ended
  } finally {
    git.stop()
  }
}

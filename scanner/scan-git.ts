/** Everything a repository holds, also what no branch leads to: deleted branches, dropped stashes, messages, file names. */
import { siftAllObjects } from './all-objects.ts'
import { ByteReader } from './byte-reader.ts'
import { askGit, type Repository, startGit } from './git.ts'
import { type ObjectPlace, placesOfBlobs } from './git-places.ts'
import { scanName } from './names.ts'
import { type Content, readContent } from './read-content.ts'
import type { Place, Scan } from './scan.ts'
import type { TokenFound } from './token-at.ts'
import type { Spot } from './token-search.ts'

/** Reads all objects once, quickly, and the few that are worth it a second time, closely. */
export async function scanGit(scan: Scan, repository: Repository): Promise<void> {
  await askGit(repository, ['rev-parse', '--git-dir'])
  const refs = await askGit(repository, ['for-each-ref', '--format=%(refname)'])
  for (const ref of refs.split('\n')) scanName(scan, ref, { path: ref, objectType: 'ref' }, 'name')
  const { suspects, failure } = await siftAllObjects(repository, ({ damaged = 0, ...read }) => {
    scan.read(read)
    for (let at = 0; at < damaged; at++) scan.skip('damaged object')
  })
  // They are few: whoever interrupts us gets to know of those that were seen by then.
  const patient = { ...repository, signal: new AbortController().signal }
  const found: Found[] = []
  await readObjects(patient, [...suspects.keys()], async (object, bytes) => {
    const objectType = suspects.get(object) ?? 'blob'
    const tell = (token: TokenFound, content: Content & Spot) => found.push({ token, content, object, objectType })
    await readContent(bytes, '', { ...scan.reading(), signal: patient.signal, read: () => {}, found: tell })
  })
  const blobs = new Set(found.filter(({ objectType }) => objectType === 'blob').map(({ object }) => object))
  const places = blobs.size > 0 && !scan.signal.aborted ? await placesOfBlobs(repository, blobs) : noPlaces
  for (const { token, content, object, objectType } of found) {
    const known = objectType === 'commit' ? [{ commit: object }] : (places.get(object) ?? [{}])
    for (const { path, commit } of known)
      scan.add(token, { ...content, path: pathOf(path, content.path), commit, object, objectType })
  }
  if (failure) throw failure
}

interface Found {
  readonly token: TokenFound
  readonly content: Content & Spot
  readonly object: string
  readonly objectType: string
}

const noPlaces: ReadonlyMap<string, ObjectPlace[]> = new Map()

/** What the next commit would take in. */
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
    const placed = (content: Place & { path: string }) =>
      (paths.get(object) ?? []).map((path) => ({
        ...content,
        path: pathOf(path, content.path) ?? '',
        object,
        objectType: 'blob',
      }))
    await readContent(bytes, '', scan.reading(placed))
    scan.read({ objects: 1 })
  })
}

/** An entry of an archive, or the object itself. */
const pathOf = (path: string | undefined, inner: string): string | undefined =>
  path === undefined && inner === '' ? undefined : `${path ?? ''}${inner}`

/** Objects one after the other, each read to its end. One that is not there is left out. */
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

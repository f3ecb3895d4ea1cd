import { ByteReader } from './byte-reader.ts'
import { askGit, type Repository, startGit } from './git.ts'

export interface BlobLocation {
  readonly path?: string
  readonly commit?: string
}

/** Maximum of paths reported per blob. */
const pathsMax = 20
/** 1,000 IDs of 64 characters fit into a command line on all systems. */
const blobsPerCall = 1_000

/**
 * Finds the paths of blobs, each with the oldest commit that contains it. Searches all commits of the repository, not only
 * those reachable from a branch, so that blobs of a dropped stash have a path.
 */
export async function findBlobLocations(
  repository: Repository,
  blobs: ReadonlySet<string>,
): Promise<Map<string, BlobLocation[]>> {
  const format = '--batch-check=%(objectname) %(objecttype)'
  const objects = (
    await askGit(repository, ['cat-file', '--batch-all-objects', '--unordered', '--buffer', format])
  ).split('\n')
  const commits = objects.filter((line) => line.endsWith(' commit')).map((line) => line.slice(0, -' commit'.length))
  const locations = new Map<string, BlobLocation[]>()
  const blobIds = [...blobs]
  for (let at = 0; at < blobIds.length && commits.length > 0; at += blobsPerCall)
    await addBlobLocations(repository, commits, new Set(blobIds.slice(at, at + blobsPerCall)), locations)
  return locations
}

async function addBlobLocations(
  repository: Repository,
  commits: readonly string[],
  blobs: ReadonlySet<string>,
  locations: Map<string, BlobLocation[]>,
): Promise<void> {
  const { input, output, ended } = startGit(repository, [
    ...['log', '--stdin', '-m', '--root', '--raw', '-z', '--no-abbrev', '--no-renames', '--format=commit %H'],
    ...['--no-ext-diff', '--no-textconv', '--no-show-signature', '--no-notes', '--no-mailmap', '--no-decorate'],
    ...[...blobs].map((blob) => `--find-object=${blob}`),
  ])
  input.end(`${commits.join('\n')}\n`)
  let commit = ''
  let blob = ''
  // Newest first, so the last assignment is the oldest commit.
  for await (const field of fieldsOf(output)) {
    const words = field.trimStart().split(' ')
    if (blob !== '') {
      addLocation(locations, blob, { path: field, commit })
      blob = ''
    } else if (words[0] === 'commit') commit = words[1] ?? ''
    else if (words[0]?.startsWith(':') && blobs.has(words[3] ?? '')) blob = words[3] ?? ''
  }
  await ended
}

function addLocation(locations: Map<string, BlobLocation[]>, blob: string, location: BlobLocation): void {
  const known = locations.get(blob) ?? []
  const others = known.filter(({ path }) => path !== location.path)
  if (others.length < pathsMax) locations.set(blob, [...others, location])
}

async function* fieldsOf(output: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const reader = new ByteReader(output)
  for (let field = await reader.line(0); field !== undefined; field = await reader.line(0)) yield field
}

/** The repositories of submodules: those that are checked out, and those that git still keeps. */
import { existsSync, readdirSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { ByteReader } from './byte-reader.ts'
import { askGit, type Repository, startGit } from './git.ts'
import type { Scan } from './scan.ts'

/** A repository, and what stands before the paths in it. */
export interface Located {
  readonly repository: Repository
  readonly prefix: string
}

/** So deep lie the names of submodules, which may have slashes, in the folder that git keeps them in. */
const nameDepthMax = 16
/** How git lists a submodule among the files of a commit. */
const gitlink = '160000 '

/** The git folder of this worktree, and the one it shares with others; one where they are the same. Throws `GitFailed`. */
export async function gitFoldersOf(repository: Repository): Promise<string[]> {
  const told = await askGit(repository, ['rev-parse', '--git-dir', '--git-common-dir'])
  const from = (path: string) => (repository.isGitFolder || isAbsolute(path) ? path : join(repository.folder, path))
  return [...new Set(told.trimEnd().split('\n').map(from))]
}

export async function submodulesOf(scan: Scan, repository: Repository, common: string): Promise<Located[]> {
  const kept = keptIn(join(common, 'modules'), nameDepthMax)
  const { root, paths } = await linkedIn(repository)
  const isCheckedOut = (path: string) => existsSync(join(root, path, '.git'))
  // One that was never fetched has no history here.
  for (const path of paths)
    if (!isCheckedOut(path) && !kept.some(({ name }) => name === path)) scan.skip('submodule that was not cloned')
  return [
    ...paths.filter(isCheckedOut).map((path) => ({
      repository: { ...repository, folder: join(root, path) },
      prefix: `${path}/`,
    })),
    ...kept.map(({ name, folder }) => ({
      repository: { ...repository, folder, isGitFolder: true },
      prefix: `${name}/`,
    })),
  ]
}

/** The working tree, and the paths in it of the submodules that the index lists. */
async function linkedIn(repository: Repository): Promise<{ root: string; paths: string[] }> {
  const none = { root: repository.folder, paths: [] }
  if (repository.isGitFolder) return none
  const isBare = (await askGit(repository, ['rev-parse', '--is-inside-work-tree'])).trim() !== 'true'
  if (isBare) return none
  const root = join(repository.folder, (await askGit(repository, ['rev-parse', '--show-cdup'])).trim())
  const paths: string[] = []
  const { output, input, ended } = startGit(repository, ['ls-files', '--stage', '-z', '--full-name', ':/'])
  input.end()
  const reader = new ByteReader(output)
  for (let entry = await reader.line(0); entry !== undefined; entry = await reader.line(0)) {
    const path = entry.slice(entry.indexOf('\t') + 1)
    if (entry.startsWith(gitlink) && !path.split('/').includes('..')) paths.push(path)
  }
  await ended
  return { root, paths }
}

function keptIn(folder: string, depth: number, name = ''): { name: string; folder: string }[] {
  if (depth === 0 || !existsSync(folder)) return []
  if (name !== '' && existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects'))) return [{ name, folder }]
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => keptIn(join(folder, entry.name), depth - 1, name === '' ? entry.name : `${name}/${entry.name}`))
}

/** Finds the repositories of submodules: checked out ones and those that remain in the git folder. */
import { existsSync, readdirSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { ByteReader } from './byte-reader.ts'
import { askGit, type Repository, startGit } from './git.ts'
import type { Scan } from './scan.ts'

/** A repository and the prefix of its paths. */
export interface Located {
  readonly repository: Repository
  readonly prefix: string
}

/** Maximum depth of submodule names, which may contain slashes, in git's `modules` folder. */
const nameDepthMax = 16
/** The mode of a submodule in a tree. */
const gitlink = '160000 '

/** Returns the git folder of this worktree and the shared one, once if they are the same. Throws `GitFailed`. */
export async function gitFoldersOf(repository: Repository): Promise<string[]> {
  const output = await askGit(repository, ['rev-parse', '--git-dir', '--git-common-dir'])
  const from = (path: string) => (repository.isGitFolder || isAbsolute(path) ? path : join(repository.folder, path))
  return [...new Set(output.trimEnd().split('\n').map(from))]
}

export async function submodulesOf(scan: Scan, repository: Repository, common: string): Promise<Located[]> {
  const cloned = clonedIn(join(common, 'modules'), nameDepthMax)
  const { root, paths } = await submodulesInIndex(repository)
  const isCheckedOut = (path: string) => existsSync(join(root, path, '.git'))
  // A submodule that was never cloned has no history here.
  for (const path of paths)
    if (!isCheckedOut(path) && !cloned.some(({ name }) => name === path)) scan.skip('submodule not cloned')
  return [
    ...paths.filter(isCheckedOut).map((path) => ({
      repository: { ...repository, folder: join(root, path) },
      prefix: `${path}/`,
    })),
    ...cloned.map(({ name, folder }) => ({
      repository: { ...repository, folder, isGitFolder: true },
      prefix: `${name}/`,
    })),
  ]
}

/** Returns the working tree and the paths of the submodules in the index. */
async function submodulesInIndex(repository: Repository): Promise<{ root: string; paths: string[] }> {
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

function clonedIn(folder: string, depth: number, name = ''): { name: string; folder: string }[] {
  if (depth === 0 || !existsSync(folder)) return []
  if (name !== '' && existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects'))) return [{ name, folder }]
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) =>
      clonedIn(join(folder, entry.name), depth - 1, name === '' ? entry.name : `${name}/${entry.name}`),
    )
}

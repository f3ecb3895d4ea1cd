import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/** Where a repository is, and the environment in which git is called: give it only what git needs. */
export interface Repository {
  readonly folder: string
  /** Set where `folder` is the git folder itself, whose configuration may name a working tree that is not there. */
  readonly isGitFolder?: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** git is missing, or it is no repository, or git stopped in the middle. */
export class GitFailed extends Error {
  override name = 'GitFailed'
}

// A repository may have been made by whoever wants us to run something: nothing of it is called, fetched or replaced.
const harmless = [
  '--no-pager',
  '--no-replace-objects',
  ...['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.commitGraph=true', 'protocol.allow=never'].flatMap(
    (setting) => ['-c', setting],
  ),
]
const quiet = { GIT_NO_LAZY_FETCH: '1', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }

type Child = ChildProcessByStdio<Writable, Readable, Readable>

export interface RunningGit {
  readonly input: Writable
  readonly output: AsyncIterable<Buffer>
  /** When it is over; throws `GitFailed` if it failed. */
  readonly ended: Promise<void>
  /** For when nobody will read the rest: a git that cannot write would wait for ever. */
  readonly stop: () => void
}

export function startGit(
  { folder, isGitFolder, environment, signal }: Repository,
  args: readonly string[],
): RunningGit {
  const where = isGitFolder ? [`--git-dir=${folder}`, `--work-tree=${folder}`] : ['-C', folder]
  const child: Child = spawn('git', [...harmless, ...where, ...args], {
    env: { ...environment, ...quiet },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
  })
  // What git did not want to read any more is told by how it ended.
  child.stdin.on('error', () => {})
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000)
  })
  const ended = new Promise<void>((done, failed) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      failed(error.code === 'ENOENT' ? new GitFailed('git was not found, or the folder is not there') : error)
    })
    child.once('close', (code) => (code === 0 ? done() : failed(new GitFailed(wordsOf(said, code)))))
  })
  // It is awaited only when the output is through.
  ended.catch(() => {})
  return { input: child.stdin, output: child.stdout, ended, stop: () => void child.kill() }
}

/** All that git prints, for calls that print little. */
export async function askGit(repository: Repository, args: readonly string[], input = ''): Promise<string> {
  const { output, ended, input: stdin } = startGit(repository, args)
  stdin.end(input)
  const pieces: Buffer[] = []
  for await (const piece of output) pieces.push(piece)
  await ended
  return Buffer.concat(pieces).toString()
}

function wordsOf(said: string, code: number | null): string {
  const lines = said.trim().split('\n')
  const told = lines.find((line) => line.startsWith('fatal: ')) ?? lines.at(-1)
  return `git: ${told?.replace(/^fatal: /, '') || `it ended with ${code}`}`
}

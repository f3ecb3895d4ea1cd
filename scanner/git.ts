import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/** A repository and the environment of git, which should contain only what git needs. */
export interface Repository {
  readonly folder: string
  /** Whether `folder` is the git folder itself, whose configured working tree may not exist. */
  readonly isGitFolder?: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** git is not installed, the folder is not a repository, or git failed. */
export class GitFailed extends Error {
  override name = 'GitFailed'
}

// A repository may be hostile: do not run its hooks or programs, fetch objects, or apply replacements.
const safeOptions = [
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
  /** Resolves when git exits. Rejects with `GitFailed` if it failed. */
  readonly ended: Promise<void>
  /** Stops git if its output is no longer read, because it would wait forever. */
  readonly stop: () => void
}

export function startGit(
  { folder, isGitFolder, environment, signal }: Repository,
  args: readonly string[],
): RunningGit {
  const where = isGitFolder ? [`--git-dir=${folder}`, `--work-tree=${folder}`] : ['-C', folder]
  const child: Child = spawn('git', [...safeOptions, ...where, ...args], {
    env: { ...environment, ...quiet },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
  })
  // Ignore EPIPE; the exit code reports the error.
  child.stdin.on('error', () => {})
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2_000)
  })
  const ended = new Promise<void>((done, failed) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      failed(error.code === 'ENOENT' ? new GitFailed('git is not installed, or the folder does not exist') : error)
    })
    child.once('close', (code) => (code === 0 ? done() : failed(new GitFailed(errorMessage(stderr, code)))))
  })
  // Awaited after the output has been read.
  ended.catch(() => {})
  return { input: child.stdin, output: child.stdout, ended, stop: () => void child.kill() }
}

/** Returns the output of git, for calls with little output. */
export async function askGit(repository: Repository, args: readonly string[], input = ''): Promise<string> {
  const { output, ended, input: stdin } = startGit(repository, args)
  stdin.end(input)
  const pieces: Buffer[] = []
  for await (const piece of output) pieces.push(piece)
  await ended
  return Buffer.concat(pieces).toString()
}

function errorMessage(stderr: string, code: number | null): string {
  const lines = stderr.trim().split('\n')
  const line = lines.find((each) => each.startsWith('fatal: ')) ?? lines.at(-1)
  const message = line?.replace(/^fatal: /, '')
  return message ? `git: ${message}` : `git exited with code ${code}`
}

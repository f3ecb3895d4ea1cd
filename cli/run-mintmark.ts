/** Runs the real command in a process of its own, for the tests of this room. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly finished: Promise<Finished>
  /** What stdout holds, once it matches; fails when the command ends before. */
  printed(pattern: RegExp): Promise<string>
  /** The same of stderr. */
  complained(pattern: RegExp): Promise<string>
  kill(signal: NodeJS.Signals): void
  /** What somebody types, when there is somebody. */
  type(text: string): void
}

type Test = Pick<TestContext, 'after'>

export interface RunOptions {
  /** The only variables it sees, besides an empty HOME. */
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
  /** Somebody sits there and can type. */
  readonly isTyping?: boolean
}

/** No test of any command may see a token on stderr. */
export async function mintmark(test: Test, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return startMintmark(test, args, options).finished
}

export function startMintmark(test: Test, args: readonly string[], options: RunOptions = {}): Running {
  const folder = options.folder ?? emptyFolder(test)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    cwd: folder,
    // A server that is told to stop stops: nothing in front of it has to notice first.
    env: { HOME: folder, MINTMARK_DRAIN: '0', ...options.environment },
    stdio: 'pipe',
  })
  // One that has ended already would say so here.
  child.stdin.on('error', () => undefined)
  if (!options.isTyping) child.stdin.end()
  test.after(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const finished = new Promise<Finished>((done, failed) => {
    child.once('error', failed)
    child.once('close', (code) => done({ code, stdout, stderr }))
  }).then((end) => {
    assert.doesNotMatch(end.stderr, /eyJ/, 'a token on stderr')
    return end
  })
  const holding = (stream: 'stdout' | 'stderr') => (pattern: RegExp) =>
    new Promise<string>((done, failed) => {
      const look = () => {
        const held = stream === 'stdout' ? stdout : stderr
        if (pattern.test(held)) done(held)
      }
      child[stream].on('data', look)
      finished.then(() => failed(new Error(`it ended before it printed ${pattern}: ${stdout}${stderr}`)), failed)
      look()
    })
  return {
    finished,
    printed: holding('stdout'),
    complained: holding('stderr'),
    kill: (signal) => void child.kill(signal),
    type: (text) => void child.stdin.write(text),
  }
}

export function emptyFolder(test: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-cli-'))
  test.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

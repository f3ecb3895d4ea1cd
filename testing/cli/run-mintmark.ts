/** Runs the command for tests, in its own process or thread. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { compileCache } from '../compile-cache.ts'
import { type Authority, startAuthority } from '../kit.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import type { Command } from './cli-thread.ts'

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly finished: Promise<Finished>
  /** Returns stdout as soon as it matches. Rejects if the command exits first. */
  printed(pattern: RegExp): Promise<string>
  /** The same for stderr. */
  complained(pattern: RegExp): Promise<string>
  kill(signal: NodeJS.Signals): void
  /** Writes to stdin. Requires `isTyping`. */
  type(text: string): void
}

type Test = Pick<TestContext, 'after'>

const program = join(import.meta.dirname, '../../cli/main.ts')

export interface RunOptions {
  /** Environment variables in addition to HOME, which is an empty folder. */
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
  /** The content of stdin. */
  readonly input?: string
  /** Keeps stdin open. */
  readonly isTyping?: boolean
}

/** Fails if stderr contains a token. */
export async function mintmark(test: Test, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return startMintmark(test, args, options).finished
}

export function startMintmark(test: Test, args: readonly string[], options: RunOptions = {}): Running {
  const folder = options.folder ?? temporaryFolder(test)
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    // Stop without draining: no load balancer has to notice first.
    env: { ...compileCache, HOME: folder, MINTMARK_DRAIN: '0', ...options.environment },
    stdio: 'pipe',
  })
  // Ignore EPIPE if the process has exited.
  child.stdin.on('error', () => undefined)
  if (!options.isTyping) child.stdin.end(options.input)
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
  }).then(withoutTokenOnStderr)
  const waitFor = (stream: 'stdout' | 'stderr') => (pattern: RegExp) =>
    new Promise<string>((done, failed) => {
      const check = () => {
        const output = stream === 'stdout' ? stdout : stderr
        if (pattern.test(output)) done(output)
      }
      child[stream].on('data', check)
      finished.then(
        () => failed(new Error(`the command exited before it printed ${pattern}: ${stdout}${stderr}`)),
        failed,
      )
      check()
    })
  return {
    finished,
    printed: waitFor('stdout'),
    complained: waitFor('stderr'),
    kill: (signal) => void child.kill(signal),
    type: (text) => void child.stdin.write(text),
  }
}

function withoutTokenOnStderr(result: Finished): Finished {
  assert.doesNotMatch(result.stderr, /eyJ/, 'a token on stderr')
  return result
}

let thread: Worker | undefined
let lastInThread: Promise<unknown> = Promise.resolve()

/**
 * Runs a command that calls a server in a thread of this process, which costs a fraction of a process. A thread has no
 * working folder, standard input, signals or terminal of its own.
 */
export function mintmarkInThread(
  test: Test,
  args: readonly string[],
  environment: Command['environment'] = {},
): Promise<Finished> {
  const finished = lastInThread.then(async () => {
    thread ??= new Worker(join(import.meta.dirname, 'cli-thread.ts'))
    thread.postMessage({ args, environment: { HOME: temporaryFolder(test), ...environment } } satisfies Command)
    thread.ref()
    const [result] = await once(thread, 'message')
    // Between commands it does not keep the process alive.
    thread.unref()
    return withoutTokenOnStderr(result as Finished)
  })
  lastInThread = finished.catch(() => undefined)
  return finished
}

/** A running server, and the command as its owner. */
export interface WithCli extends Authority {
  run(args: readonly string[], options?: RunOptions): Promise<Finished>
}

export async function startWithCli(t: TestContext): Promise<WithCli> {
  const authority = await startAuthority(t)
  const host = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const run: WithCli['run'] = (args, options = {}) => {
    const environment = { MINTMARK_HOST: host, MINTMARK_TOKEN: authority.prepared.token, ...options.environment }
    const needsProcess = options.folder !== undefined || options.input !== undefined
    return needsProcess ? mintmark(t, args, { ...options, environment }) : mintmarkInThread(t, args, environment)
  }
  return { ...authority, run }
}

/** Arguments, and what the error says about them. */
export type WrongUsage = readonly (readonly [args: readonly string[], error: RegExp])[]

export async function assertWrongUsage({ run, log }: Pick<WithCli, 'run' | 'log'>, wrong: WrongUsage): Promise<void> {
  for (const [args, error] of wrong) {
    const { code, stdout, stderr } = await run(args)
    assert.deepEqual([code, stdout, stderr.split('\n').length], [2, '', 2], `${args.join(' ')}: ${stderr}`)
    assert.match(stderr, error)
  }
  assert.deepEqual(
    log.filter((each) => each.includes('"request"')),
    [],
  )
}

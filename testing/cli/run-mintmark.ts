/** Runs the command in its own process, for tests. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { compileCache } from './compile-cache.ts'
import { type Authority, startAuthority } from './kit.ts'
import { temporaryFolder } from './temporary-folder.ts'

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
  const child = spawn(process.execPath, [join(import.meta.dirname, '../cli/main.ts'), ...args], {
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
  }).then((result) => {
    assert.doesNotMatch(result.stderr, /eyJ/, 'a token on stderr')
    return result
  })
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

/** A running server, and the command as its owner. */
export interface WithCli extends Authority {
  run(args: readonly string[], options?: RunOptions): Promise<Finished>
}

export async function startWithCli(t: TestContext): Promise<WithCli> {
  const authority = await startAuthority(t)
  const host = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const environment = { MINTMARK_HOST: host, MINTMARK_TOKEN: authority.prepared.token }
  return { ...authority, run: (args, options = {}) => mintmark(t, args, { ...options, environment }) }
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

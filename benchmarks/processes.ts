/** Servers in separate processes, so that load and server do not share a core. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Settings } from '@mintmark/authority'
import type { Question, Vitals } from './vitals.ts'

const logMilliseconds = 20

export interface Server extends AsyncDisposable {
  readonly address: string
  vitals(question?: Question): Promise<Vitals>
  /** Resolves when the log contains this text as often as stated, by default once. */
  logged(text: string, times?: number): Promise<void>
}

/** Resolves when all tokens are in memory. */
export async function startAuthority(settings: Settings): Promise<Server> {
  const server = await startReady(settings)
  await server.logged('all tokens are in memory', settings.workers)
  return server
}

/** Resolves when the server gives verdicts. */
export const startReady = (settings: Settings): Promise<Server> =>
  startProgram(new URL('server-process.ts', import.meta.url), JSON.stringify(settings), settings.data)

export const startFastify = (answer: string, folder: string): Promise<Server> =>
  startProgram(new URL('fastify-process.ts', import.meta.url), answer, folder)

export async function startProgram(program: URL, argument: string, folder: string): Promise<Server> {
  // Logs go to a file, as in production, and are available if the server does not start.
  const logFile = join(folder, 'server.log')
  const log = openSync(logFile, 'w')
  const child = fork(program, [argument], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', log, 'ipc'],
  })
  closeSync(log)
  try {
    const { address } = await messageFrom<{ address: string }>(child)
    return {
      address,
      vitals: (question = 'now') => {
        const answer = messageFrom<Vitals>(child)
        child.send(question)
        return answer
      },
      logged: async (text, times = 1) => {
        while (readFileSync(logFile, 'utf8').split(text).length <= times) await pause(logMilliseconds)
      },
      [Symbol.asyncDispose]: () => stop(child),
    }
  } catch (error) {
    await stop(child)
    throw new Error(`${program} did not start: ${readFileSync(logFile, 'utf8').slice(-2_000)}`, { cause: error })
  }
}

async function messageFrom<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController()
  const onExit = () => ended.abort()
  child.once('exit', onExit)
  try {
    const [message] = await once(child, 'message', { signal: ended.signal })
    return message as T
  } finally {
    child.off('exit', onExit)
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

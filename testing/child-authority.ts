/**
 * A server in a separate process, for tests that need one: two writers of one file, or a crash. Run as a program, this file is
 * that process: it initializes an empty store, serves it and prints its address.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { basePath } from '@mintmark/contract'
import { pino } from 'pino'
import { type AppOptions, buildApp } from '../authority/app.ts'
import { openDatabase } from '../authority/database/database.ts'
import { initializeStore } from '../authority/setup/initialize-store.ts'
import { findInstallation } from '../authority/setup/installation-store.ts'
import { realWorld } from '../authority/world.ts'
import { describeTurn, watchEventLoop } from './event-loop/event-loop.ts'
import { type Answer, type CallOptions, masterKeys, type Opened, outsideTheApi } from './kit.ts'

const blockedLine = 'event loop blocked: '

type Store = { url: string } | { file: string }

/** The options that can be passed to another process. */
export interface ChildSettings
  extends Pick<
    AppOptions,
    'allowPrivateWebhooks' | 'invalidTokensPerMinute' | 'github' | 'reportMilliseconds' | 'reporters'
  > {
  /** How far its clock is ahead, so that claims of a killed process have expired. */
  readonly aheadSeconds?: number
}

export interface ChildAuthority {
  /** Null if the store was already initialized. */
  readonly prepared: Opened | null
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  /** Returns all log output so far. */
  log(): string
  /** Sends SIGKILL: nothing is finished. */
  kill(): Promise<void>
  /** Shuts down gracefully. */
  stop(): Promise<void>
}

interface Ready {
  readonly address: string
  readonly prepared: Opened | null
}

export async function startChild(
  test: { after(work: () => unknown): void },
  store: Store,
  settings: ChildSettings = {},
): Promise<ChildAuthority> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify({ store, settings })], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  test.after(async () => {
    await kill()
    const blocked = log.split('\n').filter((line) => line.startsWith(blockedLine))
    if (blocked.length > 0) throw new Error(`The event loop was blocked:\n${blocked.join('\n')}`)
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const said = await Promise.race([once(child.stdout, 'data'), ended])
  if (child.exitCode !== null) throw new Error(`the child authority did not start: ${log}`)
  const { address, prepared } = JSON.parse(String(said[0])) as Ready
  return {
    prepared,
    call: callerTo(address, prepared?.token ?? null),
    log: () => log,
    kill,
    stop: async () => {
      child.stdin.end()
      await ended
    },
  }
}

function callerTo(address: string, ownToken: string | null): ChildAuthority['call'] {
  return async (method, path, { token = ownToken, body, headers = {} } = {}) => {
    const answer = await fetch(address + (outsideTheApi.test(path) ? path : basePath + path), {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/vnd.api+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const json = answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {}
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text, json }
  }
}

async function serveAsChild(store: Store, { aheadSeconds = 0, ...settings }: ChildSettings): Promise<void> {
  const now = () => new Date(Date.now() + aheadSeconds * 1_000)
  const world = { ...realWorld, isSimulated: aheadSeconds !== 0, now }
  const database = await openDatabase(store)
  const host = 'mintmark.internal'
  const isEmpty = (await findInstallation(database.read)) === undefined
  const made = isEmpty ? await initializeStore(database, world, masterKeys, { host, tokenLifetime: null }) : null
  const prepared = made && { ...made, token: made.token.open() }
  const logger = pino({ level: 'info', base: null }, pino.destination({ dest: 2, sync: true }))
  const app = await buildApp({ database, world, logger, masterKeys, host, ...settings })
  watchEventLoop(app.server, (turn) => void process.stderr.write(`${blockedLine}${describeTurn(turn)}\n`))
  const address = await app.server.listen({ host: '127.0.0.1', port: 0 })
  process.stdout.write(JSON.stringify({ address, prepared } satisfies Ready))
  // The input ends when the parent exits or calls `stop`.
  process.stdin.resume().once('end', async () => {
    await app.close()
    await database.close()
    process.exit()
  })
}

if (import.meta.main) {
  const { store, settings } = JSON.parse(process.argv[2] as string) as { store: Store; settings: ChildSettings }
  await serveAsChild(store, settings)
}

/**
 * Several servers on one port of this machine, each a process of its own with its own replica. The primary process
 * accepts the connections and hands them out in turn; it restarts workers that die and passes signals on.
 */
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { Transform } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { limits } from '@mintmark/contract'
import type { Logger } from 'pino'
import { answerMetricsRequests } from '../metrics/worker-metrics.ts'
import type { Settings } from './config.ts'
import { hasTerminal } from './stop-signals.ts'

/** A worker that ran shorter than this is restarted with a delay, which doubles up to the maximum. */
const briefMilliseconds = 10_000
const delayMilliseconds = 500
const delayMillisecondsMax = 30_000

export const isWorker = cluster.isWorker

/** The part of the limits that applies to one worker, so that all together keep the configured ones. */
export function shareOf(settings: Settings): Settings & { readonly invalidTokensPerMinute: number } {
  const share = (limit: number) => Math.ceil(limit / settings.workers)
  return {
    ...settings,
    databasePool: Math.max(2, share(settings.databasePool)),
    maxConnections: share(settings.maxConnections),
    maxConnectionsPerClient: share(settings.maxConnectionsPerClient),
    invalidTokensPerMinute: share(limits.invalidTokensPerMinute),
  }
}

/** Tells the primary process that this worker accepts requests. */
export const reportReady = (address: string): void => void process.send?.({ ready: address })

export interface Supervision {
  readonly count: number
  readonly logger: Logger
  /** Called when all workers accept requests. */
  onReady(address: string): Promise<void>
}

/**
 * Runs the workers until a signal stops them. Resolves to the exit code: that of the worker that failed, if one fails
 * before all have started, because the cause is probably the configuration; otherwise 0.
 */
export async function runWorkers({ count, logger, onReady }: Supervision): Promise<number> {
  cluster.setupPrimary({ stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  answerMetricsRequests()
  const ready = new Set<number>()
  const signals = passOnSignals((worker) => ready.has(worker.id))
  const supervisor = { logger, signals, ready, hasStarted: false, exitCode: 0 }
  // The terminal may be closed.
  process.stderr.on('error', () => undefined)
  cluster.on('message', (worker: Worker, message: { ready?: string }) => {
    if (typeof message.ready !== 'string') return
    logger.info({ pid: worker.process.pid }, 'a worker accepts requests')
    supervisor.ready.add(worker.id)
    if (supervisor.hasStarted || supervisor.ready.size < count) return
    supervisor.hasStarted = true
    onReady(message.ready).catch((error) => logger.error({ err: (error as Error).message }, 'failed'))
  })
  await Promise.all(Array.from({ length: count }, () => keepRunning(supervisor)))
  return supervisor.exitCode
}

interface Supervisor {
  readonly logger: Logger
  readonly signals: Signals
  readonly ready: Set<number>
  hasStarted: boolean
  exitCode: number
}

async function keepRunning(supervisor: Supervisor): Promise<void> {
  const { logger, signals } = supervisor
  let delay = delayMilliseconds
  while (!signals.isStopping) {
    const startedAt = performance.now()
    const [code, signal] = await exitOf(cluster.fork())
    if (signals.isStopping) return
    if (!supervisor.hasStarted) {
      if (signal !== null) logger.error({ signal }, 'a worker was killed before all had started; stopping')
      supervisor.exitCode = code ?? 1
      signals.stop('SIGTERM')
      return
    }
    const wasBrief = performance.now() - startedAt < briefMilliseconds
    delay = wasBrief ? Math.min(2 * delay, delayMillisecondsMax) : delayMilliseconds
    logger.error({ code, signal, restartMilliseconds: wasBrief ? delay : 0 }, 'a worker died and is restarted')
    if (wasBrief) await signals.pause(delay)
  }
}

async function exitOf(worker: Worker): Promise<[code: number | null, signal: string | null]> {
  worker.process.stderr?.pipe(wholeLines()).pipe(process.stderr, { end: false })
  return (await once(worker, 'exit')) as [number | null, string | null]
}

/** Writes of several processes to one pipe would mix within lines. */
function wholeLines(): Transform {
  let rest = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = Buffer.concat([rest, chunk])
      const end = bytes.lastIndexOf(10) + 1
      rest = bytes.subarray(end)
      done(null, bytes.subarray(0, end))
    },
    flush(done) {
      // The last line of a process that was killed may be incomplete.
      done(null, rest.length > 0 ? Buffer.concat([rest, Buffer.from('\n')]) : rest)
    },
  })
}

interface Signals {
  readonly isStopping: boolean
  stop(signal: NodeJS.Signals): void
  /** Ends early when the workers are stopped. */
  pause(milliseconds: number): Promise<void>
}

/**
 * Each signal has the meaning that it has for a single server. A terminal also sends its signals to the workers itself. A worker
 * that is starting would be killed by SIGHUP, and reads the newest settings anyway.
 */
function passOnSignals(canReload: (worker: Worker) => boolean): Signals {
  const stopped = new AbortController()
  const hadTerminal = hasTerminal()
  const workers = () => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
  const stop = (signal: NodeJS.Signals) => {
    stopped.abort()
    for (const worker of workers()) worker.process.kill(signal)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', () => {
    if (hadTerminal && !hasTerminal()) return stop('SIGINT')
    for (const worker of workers().filter(canReload)) worker.process.kill('SIGHUP')
  })
  if (process.connected) {
    process.on('disconnect', () => stop('SIGINT'))
    process.channel?.unref()
  }
  return {
    get isStopping() {
      return stopped.signal.aborted
    },
    stop,
    pause: (milliseconds) => pause(milliseconds, undefined, { signal: stopped.signal }).catch(() => undefined),
  }
}

/** Handles SIGHUP: reloads certificate, keys, log level and access log. What cannot be reloaded stays in use. */
import type { Server } from 'node:https'
import type { Logger } from 'pino'
import type { App } from '../app.ts'
import type { RunState } from '../http/run-state.ts'
import type { Certificate, CertificateWatch } from './certificate.ts'
import { readMasterKeys, type Settings } from './config.ts'

interface Running {
  readonly settings: Settings
  readonly app: App
  readonly logger: Logger
  readonly runState: RunState
  readonly watch: CertificateWatch
  readonly reread: (() => Settings) | undefined
}

/** Never reloads concurrently: a signal during a reload causes another one after it. */
export function createReloader(running: Running): () => void {
  let last = Promise.resolve()
  return () => {
    last = last.then(() => reload(running))
  }
}

async function reload({ settings, app, logger, runState, watch, reread }: Running): Promise<void> {
  const attempt = async (what: string, work: () => void | Promise<void>) => {
    try {
      await work()
    } catch (error) {
      logger.error({ err: (error as Error).message }, `${what} could not be reloaded; the current ones stay in use`)
    }
  }
  let read = settings
  await attempt('the settings', () => {
    read = reread?.() ?? settings
    logger.level = read.logLevel
    runState.accessLog = read.accessLog
  })
  await attempt('the keys', () => app.reloadKeys(readMasterKeys(read)))
  await watch.check()
  logger.warn({ logLevel: logger.level, accessLog: runState.accessLog }, 'reloaded')
}

/** Applies to new connections only. */
export function useCertificate({ server }: App, { cert, key }: Certificate): void {
  ;(server.server as unknown as Server).setSecureContext({ cert, key })
}

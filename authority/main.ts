/** Runs the server: opens the store, listens and shuts down gracefully. Called by the `mintmark` command. */
import type { Secret } from '@mintmark/token'
import { buildApp } from './app.ts'
import { parseHead } from './audit/anchor.ts'
import { deriveAuditKeys } from './audit/audit-keys.ts'
import { sealPending } from './audit/seal.ts'
import { type AuditReport, verifyChains } from './audit/verify.ts'
import type { Database } from './database/database.ts'
import { newRunState } from './http/run-state.ts'
import { type Certificate, certificate, watchCertificate } from './setup/certificate.ts'
import { makeMasterKeys, readMasterKeys, type Settings, WrongUsage } from './setup/config.ts'
import { initializeStore, type Prepared, refuseInitialized } from './setup/initialize-store.ts'
import { findInstallation } from './setup/installation-store.ts'
import { explainListenErrors, refuseUsedPort } from './setup/listen.ts'
import { openLog } from './setup/log.ts'
import { requireStore, withStore } from './setup/open-store.ts'
import { printConsoleAddress, printPrepared } from './setup/print-prepared.ts'
import { createReloader, useCertificate } from './setup/reload.ts'
import { documentBytesMax, readJsonFile } from './setup/settings/read-file.ts'
import { stopSignals } from './setup/stop-signals.ts'
import { isWorker, reportReady, runWorkers, shareOf } from './setup/workers.ts'
import { type LocalLink, makeLocalLink } from './sign-in/links/local-link.ts'
import { loadSigningKeys } from './vault/signing-keys.ts'
import { openVault } from './vault/vault.ts'
import { realWorld } from './world.ts'

export interface PrepareOptions {
  readonly accountName?: string
  readonly accountId?: string
  readonly email?: string
  /** The path of a JSON:API document to import. */
  readonly from?: string
  /** Lifetime of the first token in minutes (default: 7 days); null: it does not expire. */
  readonly expiresIn?: number | null
}

export interface ServeOptions {
  readonly quickstart: boolean
  say(line: string): void
  /** Prints a secret after its label, and wipes it: this process keeps running. */
  saySecret(label: string, secret: Secret): void
  /** Called with the address once the server accepts requests. */
  ready?(address: string): void
  /** Reads the settings again, for SIGHUP. Without it, only the files that the settings name are reloaded. */
  reread?(): Settings
}

/** Resolves after a signal, when open requests are finished and everything is written. */
export async function serve(settings: Settings, options: ServeOptions): Promise<void> {
  if (settings.workers > 1 && !isWorker) return await serveWithWorkers(settings, options)
  const own = isWorker ? shareOf(settings) : settings
  const quiet = isWorker ? { ...options, quickstart: false, say: () => undefined, ready: reportReady } : options
  try {
    await withStore(own, (database) => serveStore(database, own, quiet), { reserve: true, say: quiet.say })
  } finally {
    if (isWorker) process.disconnect?.()
  }
}

async function serveWithWorkers(settings: Settings, options: ServeOptions): Promise<void> {
  const { tls, isNew } = await withStore(settings, (database) => prepareStart(database, settings, options), options)
  const { logger, close: closeLog } = openLog(settings.logLevel)
  const makeLink = () => withStore(settings, (database) => makeLocalLink(database, realWorld))
  process.exitCode = await runWorkers({
    count: settings.workers,
    logger,
    onReady: async (address) => {
      printAddress(options, address, tls)
      printConsoleAddress(options, isNew ? await makeLink() : null, settings, address)
      options.ready?.(address)
    },
  })
  await closeLog()
}

/**
 * Everything that could prevent the start, before the first token is shown, because it is shown only once. A new store is
 * initialized.
 */
async function prepareStart(database: Database, settings: Settings, { quickstart, say, saySecret }: ServeOptions) {
  const isNew = (await findInstallation(database.read)) === undefined
  if (isNew && !quickstart)
    throw new WrongUsage(
      'the database is empty: run `mintmark init` first (or `mintmark serve --quickstart` to try it out)',
    )
  const masterKeys = isNew ? makeMasterKeys(settings, realWorld) : readMasterKeys(settings)
  const tls = await certificate(settings)
  if (!isWorker) await refuseUsedPort(settings)
  if (isNew)
    printPrepared(
      { say, saySecret },
      await initializeStore(database, realWorld, masterKeys, initOptions(settings, {})),
      settings,
    )
  return { isNew, masterKeys, tls }
}

function printAddress({ say }: ServeOptions, address: string, tls: Certificate | null): void {
  if (tls?.caFile) say(`To trust this server: export SSL_CERT_FILE=${tls.caFile}`)
  say(`Mintmark is listening on ${address}`)
}

async function serveStore(database: Database, settings: Settings, options: ServeOptions): Promise<void> {
  const { isNew, masterKeys, tls } = await prepareStart(database, settings, options)
  const { logger, close: closeLog } = openLog(settings.logLevel)
  const runState = newRunState(settings.accessLog)
  // Settings that have the same name in `AppOptions` are passed on by the spread.
  const app = await buildApp({
    ...settings,
    host: settings.publicHost,
    database,
    world: realWorld,
    logger,
    masterKeys,
    tls,
    runState,
  })
  const watch = watchCertificate({ settings, current: tls, logger, use: (pair) => useCertificate(app, pair) })
  try {
    const { stopping, drained } = stopSignals(
      createReloader({ settings, app, logger, runState, watch, reread: options.reread }),
    )
    const address = await explainListenErrors(settings, () =>
      app.server.listen({ host: settings.host, port: settings.port }),
    )
    printAddress(options, address, tls)
    printConsoleAddress(options, isNew ? await makeLocalLink(database, realWorld) : null, settings, address)
    options.ready?.(address)
    logger.debug({ address }, 'accepting requests')
    const { drain } = await stopping
    runState.isDraining = true
    if (drain) await drained(settings.drainMilliseconds)
  } finally {
    watch.stop()
    await app.close()
    await closeLog()
  }
}

/** Initializes an empty store without starting the server. */
export function prepare(settings: Settings, options: PrepareOptions): Promise<Prepared> {
  return withStore(settings, async (database) => {
    await refuseInitialized(database.read)
    const masterKeys = makeMasterKeys(settings, realWorld)
    const prepared = await initializeStore(database, realWorld, masterKeys, initOptions(settings, options))
    await sealPending(database, { keys: deriveAuditKeys(masterKeys), world: realWorld })
    return prepared
  })
}

/** Creates a sign-in link for the user with this email address, by default for the owner of the first account. */
export function signInLink(settings: Settings, email?: string): Promise<LocalLink> {
  requireStore(settings)
  return withStore(settings, (database) => makeLocalLink(database, realWorld, email))
}

/** `since`: a head of the log that was recorded earlier outside the database. */
export async function verifyAudit(settings: Settings, since?: string): Promise<AuditReport> {
  requireStore(settings)
  const position = since === undefined ? undefined : parseHead(since)
  if (since !== undefined && !position)
    throw new WrongUsage('--since: expected a head such as 412:1:9f2c…, from the server log or `mintmark audit verify`')
  return withStore(settings, async (database) => {
    const masterKeys = readMasterKeys(settings)
    // With a wrong key every row would look altered.
    await loadSigningKeys(database.read, openVault(realWorld, masterKeys))
    return verifyChains(database.read, deriveAuditKeys(masterKeys), position)
  })
}

function initOptions({ publicHost: host, mintMark }: Settings, { from, expiresIn, ...options }: PrepareOptions) {
  return {
    ...options,
    ...(expiresIn === undefined ? {} : { tokenLifetime: expiresIn }),
    host,
    ...(mintMark === null ? {} : { mintMark }),
    ...(from === undefined ? {} : { resources: readJsonFile('--from', from, documentBytesMax) }),
  }
}

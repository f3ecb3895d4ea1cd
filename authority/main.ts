/** Runs the authority: opens the store, listens, stops in good order. Called by the `mintmark` command. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Secret } from '@mintmark/token'
import { pino } from 'pino'
import { buildApp, NotInitialised } from './app.ts'
import { type ChainReport, sealWaiting, verifyChains } from './audit-events/seal.ts'
import { certificate } from './certificate.ts'
import { makeMasterKeys, readMasterKeys, type Settings, WrongUsage } from './config.ts'
import { type Database, openDatabase } from './database/database.ts'
import { DatabaseTrouble } from './database/errors.ts'
import { CannotPrepare } from './installation/cannot-prepare.ts'
import { initialise, type Prepared, refusePrepared } from './installation/initialise.ts'
import { findInstallation } from './installation/installation-store.ts'
import { listening, refuseUsedPort } from './listen.ts'
import { sayConsole, sayPrepared } from './say-prepared.ts'
import { documentBytesMax, readJsonFile } from './settings/read-file.ts'
import { type LocalLink, makeLocalLink } from './sign-in/local-link.ts'
import { SealBroken } from './vault/vault.ts'
import { realWorld } from './world.ts'

export interface PrepareWish {
  readonly accountName?: string
  readonly accountId?: string
  readonly email?: string
  /** Path of a JSON:API document. */
  readonly from?: string
}

export interface ServeOptions {
  readonly quickstart: boolean
  say(line: string): void
  /** Shows a secret behind its label, once, and leaves nothing of it: this process goes on for long. */
  saySecret(label: string, secret: Secret): void
  /** Called with the address once requests are answered. */
  ready?(address: string): void
}

/** Resolves after SIGINT or SIGTERM, when open requests are finished and everything is written down. */
export async function serve(settings: Settings, { quickstart, say, saySecret, ready }: ServeOptions): Promise<void> {
  await withStore(settings, async (database) => {
    const empty = (await findInstallation(database.read)) === undefined
    if (empty && !quickstart)
      throw new WrongUsage(
        'this store is empty: run `mintmark init` first (or `mintmark serve --quickstart` to try it out)',
      )
    // Everything that could keep it from serving comes before the one moment in which a first token is shown.
    const masterKeys = empty ? makeMasterKeys(settings, realWorld) : readMasterKeys(settings)
    const tls = await certificate(settings)
    await refuseUsedPort(settings)
    if (empty)
      sayPrepared({ say, saySecret }, await initialise(database, realWorld, masterKeys, wishOf(settings, {})), settings)
    const logger = pino({ level: settings.logLevel, base: null }, pino.destination({ dest: 2, sync: false }))
    // A setting of the same name in `AppOptions` needs no line here.
    const app = await buildApp({
      ...settings,
      host: settings.publicHost,
      database,
      world: realWorld,
      logger,
      masterKeys,
      tls,
    })
    try {
      const stopped = signalled()
      const address = await listening(settings, () => app.server.listen({ host: settings.host, port: settings.port }))
      if (tls?.caFile) say(`To trust this server: export SSL_CERT_FILE=${tls.caFile}`)
      say(`Mintmark serves on ${address}`)
      if (empty) sayConsole({ say, saySecret }, await makeLocalLink(database, realWorld), settings, address)
      ready?.(address)
      await stopped
    } finally {
      await app.close()
      logger.flush()
    }
  })
}

/** Prepares an empty store without serving it. */
export function prepare(settings: Settings, wish: PrepareWish): Promise<Prepared> {
  return withStore(settings, async (database) => {
    await refusePrepared(database.read)
    const masterKeys = makeMasterKeys(settings, realWorld)
    const prepared = await initialise(database, realWorld, masterKeys, wishOf(settings, wish))
    await sealWaiting(database)
    return prepared
  })
}

/** Of the first account's owner unless an e-mail address is given. */
export function signInLink(settings: Settings, email?: string): Promise<LocalLink> {
  refuseNoStore(settings)
  return withStore(settings, (database) => makeLocalLink(database, realWorld, email))
}

export async function verifyAudit(settings: Settings): Promise<ChainReport[]> {
  refuseNoStore(settings)
  return withStore(settings, (database) => verifyChains(database.read))
}

/** Opening makes what is not there: a log that was just made holds without proving anything. */
function refuseNoStore(settings: Settings): void {
  if (!settings.database && !existsSync(fileOf(settings)))
    throw new WrongUsage(`--data: there is no store in ${settings.data}`)
}

function wishOf({ publicHost: host, mintMark }: Settings, { from, ...wish }: PrepareWish) {
  return {
    ...wish,
    host,
    ...(mintMark === null ? {} : { mintMark }),
    ...(from === undefined ? {} : { resources: readJsonFile('--from', from, documentBytesMax) }),
  }
}

const fileOf = ({ data }: Settings): string => join(data, 'mintmark.db')

async function withStore<T>(settings: Settings, work: (database: Database) => Promise<T>): Promise<T> {
  try {
    const database = await openDatabase(settings.database ? { url: settings.database } : { file: fileOf(settings) })
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  } catch (error) {
    throw asUsage(error)
  }
}

function asUsage(error: unknown): unknown {
  if (error instanceof DatabaseTrouble) return new WrongUsage(error.message)
  if (error instanceof SealBroken) return new WrongUsage('the master key is not the one this store was sealed with')
  if (error instanceof CannotPrepare || error instanceof NotInitialised) return new WrongUsage(error.message)
  return error
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    // Heard again and again: npm and a terminal both pass a signal on, and the second must not cut short what the first began.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
  })
}

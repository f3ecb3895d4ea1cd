/** Puts the authority together: a database and a world in, a server out that is ready to listen. */

import { openApiDocument, openApiPage } from '@mintmark/contract'
import { type MintMark, mintMark } from '@mintmark/token'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { gatherUsage } from './access-tokens/usage.ts'
import { countRefusals } from './audit-events/refusals.ts'
import { countOverdue, sealWaiting } from './audit-events/seal.ts'
import type { Installation, World } from './context.ts'
import type { Database } from './database/database.ts'
import { limitBadTokens } from './http/bad-token-limit.ts'
import { mountFoundTokens } from './http/found-token-routes.ts'
import { mountLeaks } from './http/leak-routes.ts'
import { mountPlain } from './http/plain-routes.ts'
import { mountDeclared } from './http/routes.ts'
import { buildServer } from './http/server.ts'
import { findInstallation } from './installation/installation-store.ts'
import { leakDoors } from './leak-doors.ts'
import type { GitHubSettings } from './leaks/github-api.ts'
import type { Reporter } from './leaks/reporters.ts'
import { deliverNotices } from './notices/deliver.ts'
import { nouns } from './nouns.ts'
import type { Fetch } from './outbound/read-answer.ts'
import { loadSigningKeys } from './signing-keys/signing-keys.ts'
import { type MasterKeys, openVault } from './vault/vault.ts'
import { judge, judgeAlso } from './verdicts/judge.ts'
import { Knowledge } from './verdicts/knowledge.ts'
import { keySets } from './workload-identity-providers/key-sets.ts'

export interface AppOptions {
  readonly database: Database
  readonly world: World
  readonly logger: Logger
  readonly masterKeys: MasterKeys
  readonly host: string
  readonly maxStalenessMilliseconds?: number
  readonly badTokensPerMinute?: number
  readonly tls?: { readonly cert: string; readonly key: string } | null
  readonly trustProxy?: string | null
  readonly requestMilliseconds?: number
  /** Whether notices may be sent to private addresses and to this machine. */
  readonly allowPrivateWebhooks?: boolean
  readonly webhookMilliseconds?: number
  readonly reporters?: readonly Reporter[]
  readonly gitlabToken?: string | null
  readonly github?: (GitHubSettings & { readonly webhookSecret: string }) | null
  readonly fetch?: Fetch
}

export interface App {
  readonly server: FastifyInstance
  readonly mark: MintMark
  /** Looks at the alerts of GitHub that wait; how many those were. */
  lookAtAlerts(): Promise<number>
  /** Writes down what is still in memory. */
  flush(): Promise<void>
  /** Sends the notices that are due and waits for the answers. */
  deliver(): Promise<void>
  /** Finishes open requests, writes down, lets go of everything but the database. */
  close(): Promise<void>
}

/** The store was never prepared. */
export class NotInitialised extends Error {
  override name = 'NotInitialised'
}

const sealMilliseconds = 500
const alertMilliseconds = 1_000
const refusalMilliseconds = 60_000
const alarmMilliseconds = 60_000
const deliverMilliseconds = 1_000

export async function buildApp(options: AppOptions): Promise<App> {
  const { database, world, logger } = options
  const stored = await findInstallation(database.read)
  if (!stored) throw new NotInitialised('This store is empty.')
  const vault = openVault(world, options.masterKeys)
  const keys = await loadSigningKeys(database.read, vault)
  const mark = mintMark(stored.mintMark)
  const installation: Installation = { mark, host: options.host, signingKey: keys.current }
  const knowledge = new Knowledge(database)
  await knowledge.load()

  const trouble = (what: string) => (error: unknown) => logger.error({ err: (error as Error).message }, what)
  const usage = gatherUsage(database, world, trouble('last-used times could not be written'))
  const refusals = countRefusals(database, world)
  const judging = {
    database,
    knowledge,
    world,
    maxStalenessMilliseconds: options.maxStalenessMilliseconds ?? 1_000,
    key: keys.find,
  }
  const door = {
    judge: (text: string, address: string) => judge(judging, text, address),
    judgeAlso: (text: string, address: string) => judgeAlso(judging, text, address),
    knowledge,
    refusals,
    limit: limitBadTokens(world, options.badTokensPerMinute),
    seen: usage.seen,
  }
  const server = buildServer({
    world,
    logger,
    tls: options.tls ?? null,
    trustProxy: options.trustProxy ?? null,
    ...(options.requestMilliseconds === undefined ? {} : { requestMilliseconds: options.requestMilliseconds }),
    onForbidden: ({ actor, id, ip }, code) => {
      if (!actor) return
      refusals.count({
        tokenId: actor.tokenId,
        tokenLastCharacters: actor.tokenLastCharacters,
        code,
        ownerKind: actor.kind === 'system' ? null : actor.kind,
        ownerId: actor.id,
        accountId: actor.accounts[0] ?? null,
        address: ip,
        requestId: id,
      })
    },
  })
  const dialect = { database, nouns, afterDeed: () => knowledge.afterDeed() }
  const doors = { dialect, door, bare: { world, vault, installation, wasUsed: usage.wasUsed } }
  mountDeclared(server, doors)
  mountPlain(server, {
    ...doors,
    nouns,
    keySets: keySets(world, options.fetch ?? fetch),
    openApi: openApiDocument(),
    docs: openApiPage(),
    isReady: async () => knowledge.age < 5_000,
  })
  const leaks = leakDoors(options, {
    bare: doors.bare,
    key: keys.find,
    judge: door.judge,
    afterDeed: () => knowledge.afterDeed(),
  })
  mountLeaks(server, leaks.doors)
  mountFoundTokens(server, { ...leaks.doors, door, db: database.read })
  const deliveries = deliverNotices({
    database,
    world,
    vault,
    allowPrivate: options.allowPrivateWebhooks,
    timeoutMilliseconds: options.webhookMilliseconds,
    onFailure: (failure) => logger.warn(failure, 'a notice was not taken'),
    onTrouble: trouble('a notice could not be sent'),
  })
  const background = [
    repeat(deliverMilliseconds, deliveries.begin, trouble('notices could not be sent')),
    repeat(alertMilliseconds, async () => void (await leaks.lookAtAlerts()), trouble('alerts could not be looked at')),
    repeat(sealMilliseconds, async () => void (await sealWaiting(database)), trouble('audit rows could not be sealed')),
    repeat(
      alarmMilliseconds,
      async () => {
        const overdue = await countOverdue(database.read, world.now())
        if (overdue > 0) logger.error({ rows: overdue }, 'audit rows are not sealed after a minute')
      },
      trouble('audit rows could not be counted'),
    ),
    repeat(refusalMilliseconds, refusals.flush, trouble('refusals could not be written')),
  ]
  const flush = async () => {
    await usage.flush()
    await refusals.flush()
    while ((await sealWaiting(database)) > 0);
  }
  return {
    server,
    mark,
    lookAtAlerts: leaks.lookAtAlerts,
    flush,
    deliver: async () => {
      await deliveries.begin()
      await deliveries.settled()
    },
    close: async () => {
      await server.close()
      for (const stop of background) await stop()
      await deliveries.stop()
      await usage.stop().catch(trouble('last-used times could not be written'))
      await flush().catch(trouble('not everything could be written'))
      await knowledge.stop()
    },
  }
}

/** Again and again, never twice at once. Returns how to stop, which waits for the turn that runs. */
function repeat(
  milliseconds: number,
  work: () => Promise<void>,
  onTrouble: (error: unknown) => void,
): () => Promise<void> {
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= work()
      .catch(onTrouble)
      .finally(() => {
        running = undefined
      })
  }, milliseconds)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}

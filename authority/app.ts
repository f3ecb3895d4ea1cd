/** Composes the authority: takes a database and a world, and returns a server that is ready to listen. */

import { mintMark } from '@mintmark/token'
import type { App, AppOptions } from './app-options.ts'
import { openAuditLog } from './audit/audit-log.ts'
import { countRefusals } from './audit/refusals.ts'
import type { Installation } from './context.ts'
import { mountConsole } from './http/console-files.ts'
import { mountHealth } from './http/endpoints/health.ts'
import { mountResources } from './http/resources/mount-resources.ts'
import { newRunState } from './http/run-state.ts'
import { closeServer } from './http/server.ts'
import { watchStorage } from './jobs/storage-health.ts'
import { gauges, loadMetrics } from './measured.ts'
import { noCounts } from './metrics/counts.ts'
import { mountServedEndpoints } from './mount-served-endpoints.ts'
import { openAuthenticator } from './open-authenticator.ts'
import { openBackground } from './open-background.ts'
import { openLeaks } from './open-leaks.ts'
import { openServer } from './open-server.ts'
import { openSessions, openSignIn } from './open-sign-in.ts'
import { guardedFetch } from './outbound/guarded-fetch.ts'
import { openMail } from './outbound/mail.ts'
import { currentActor } from './rights/current-actor.ts'
import { servedResources } from './served-resources.ts'
import { findInstallation } from './setup/installation-store.ts'
import { openReplica } from './setup/open-replica.ts'
import { collectUsage } from './tokens/activity/collect-usage.ts'
import { openKeys } from './vault/open-keys.ts'
import { countVerdicts } from './verdicts/counts/count-verdicts.ts'
import { keySets } from './workload-identity/key-sets.ts'

export type { App, AppOptions } from './app-options.ts'

/** The store was never initialized. */
export class NotInitialized extends Error {
  override name = 'NotInitialized'
}

export async function buildApp(options: AppOptions): Promise<App> {
  const { database, world: ownWorld, masterKeys, logger, runState = newRunState() } = options
  const stored = await findInstallation(database.read)
  if (!stored) throw new NotInitialized('the database is empty: run `mintmark init` first')
  const storage = watchStorage(database, logger)
  const { vault, signingKeys: keys, reload: reloadKeys } = await openKeys(database.read, ownWorld, masterKeys)
  const mark = mintMark(stored.mintMark)
  const installation = installationOf(options, mark, keys.current)
  const { replica, world, countEventsWith, close: closeReplica } = await openReplica(options)
  const auditLog = await openAuditLog({ ...options, world })
  const trouble = (what: string) => (error: unknown) => logger.error({ err: (error as Error).message }, what)
  const usage = collectUsage(database, world, trouble('last-used times could not be written'))
  const refusals = countRefusals(database, world)
  const verdictCounts = countVerdicts(database, world)
  const watch = options.metricsToken ? await loadMetrics(options.metricsToken, gauges(database, world, replica)) : null
  const counts = watch?.metrics ?? noCounts
  countEventsWith(counts.replicaEvent)
  const { verifier, authenticator } = openAuthenticator(options, {
    ...{ world, replica, usage, refusals, verdictCounts, counts },
    key: keys.find,
  })
  const server = openServer(options, { world, runState, replica, counts, usage, refusals })
  const routes = {
    jsonApi: { database, resources: servedResources, currentActor, afterWrite: () => replica.afterWrite() },
    authenticator,
    sessions: openSessions({ database, world, replica, verifier }),
    baseContext: { world, vault, installation, wasUsed: usage.wasUsed, liveTokens: replica.liveTokens },
  }
  mountResources(server, routes)
  const mail = options.mail ? openMail(options.mail, trouble('a mail could not be sent')) : null
  const signIn = openSignIn(routes, { replica, mail, limitIpv6Prefix: options.limitIpv6Prefix })
  const leaks = openLeaks(options, {
    baseContext: routes.baseContext,
    key: keys.find,
    verifyToken: authenticator.verifyToken,
    counts,
    trouble: trouble('found tokens could not be processed'),
    afterWrite: () => replica.afterWrite(),
  })
  mountServedEndpoints(server, routes, {
    signIn,
    leaks: leaks.services,
    counts,
    watch,
    keySets: keySets(world, options.fetch ?? guardedFetch({ allowPrivate: options.allowPrivateIssuers ?? false })),
  })
  mountHealth(server, async () => !runState.isDraining && replica.isReady && (await storage.isReady()))
  mountConsole(server, options.consoleFolder, options.helpFolder)
  const background = openBackground(options, {
    ...{ world, vault, replica, auditLog, counts, usage, refusals, verdictCounts, leaks, mail, trouble },
    failures: signIn.failures,
  })
  return {
    server,
    mark,
    reloadKeys: (masterKeys) => reloadKeys(masterKeys).then(() => auditLog.reload(masterKeys)),
    lookAtAlerts: leaks.lookAtAlerts,
    workLeft: leaks.queue.workLeft,
    flush: background.flush,
    deliver: background.deliver,
    close: async () => {
      // Connections are closed from now on, because the server would wait for clients to close them.
      runState.isDraining = true
      await closeServer(server)
      await storage.stop()
      await background.stop()
      await closeReplica()
    },
  }
}

const installationOf = (
  { host, allowPrivateWebhooks = false }: AppOptions,
  mark: Installation['mark'],
  signingKey: Installation['signingKey'],
): Installation => ({ mark, host, signingKey, allowPrivateWebhooks })

/** Puts the authority together: a database and a world in, a server out that is ready to listen. */

import { limits } from '@mintmark/contract'
import { mintMark } from '@mintmark/token'
import type { App, AppOptions } from './app-options.ts'
import { openAuditLog } from './audit/audit-log.ts'
import { countRefusals } from './audit/refusals.ts'
import type { Installation } from './context.ts'
import { limitAttempts } from './http/attempt-limit.ts'
import { mountConsole } from './http/console-files.ts'
import { mountHealth } from './http/endpoints/health.ts'
import { mountResources } from './http/resources/mount-resources.ts'
import { newRunState } from './http/run-state.ts'
import { buildServer, closeServer } from './http/server.ts'
import { startBackground } from './jobs/background.ts'
import { watchStorage } from './jobs/storage-health.ts'
import { measured, openWatch } from './measured.ts'
import { uncounted } from './metrics/counts.ts'
import { mountServedEndpoints } from './mount-served-endpoints.ts'
import { deliverNotifications } from './notifications/deliver.ts'
import { mailNotifications } from './notifications/mail-notifications.ts'
import { openLeaks } from './open-leaks.ts'
import { openSessions, openSignIn } from './open-sign-in.ts'
import { guardedFetch } from './outbound/guarded-fetch.ts'
import { openMail } from './outbound/mail.ts'
import { servedResources } from './served-resources.ts'
import { findInstallation } from './setup/installation-store.ts'
import { openReplica } from './setup/open-replica.ts'
import { collectUsage } from './tokens/activity/collect-usage.ts'
import { openKeys } from './vault/open-keys.ts'
import { countVerdicts } from './verdicts/counts/count-verdicts.ts'
import { verifyOtherToken, verifyToken } from './verdicts/verify-token.ts'
import { warnOnce } from './warn-once.ts'
import { keySets } from './workload-identity/key-sets.ts'

export type { App, AppOptions } from './app-options.ts'

/** The store was never prepared. */
export class NotInitialised extends Error {
  override name = 'NotInitialised'
}

export async function buildApp(options: AppOptions): Promise<App> {
  const { database, world: ownWorld, masterKeys, logger, runState = newRunState() } = options
  const stored = await findInstallation(database.read)
  if (!stored) throw new NotInitialised('This store is empty.')
  const storage = watchStorage(database, logger)
  const { vault, signingKeys: keys, reload: reloadKeys } = await openKeys(database.read, ownWorld, masterKeys)
  const mark = mintMark(stored.mintMark)
  const installation: Installation = { mark, host: options.host, signingKey: keys.current }
  const { replica, world, countEventsWith, close: closeReplica } = await openReplica(options)
  const auditLog = await openAuditLog({ ...options, world })

  const trouble = (what: string) => (error: unknown) => logger.error({ err: (error as Error).message }, what)
  const usage = collectUsage(database, world, trouble('last-used times could not be written'))
  const refusals = countRefusals(database, world)
  const verdictCounts = countVerdicts(database, world)
  const watch = options.metricsToken ? await openWatch(options.metricsToken, measured(database, world, replica)) : null
  const counts = watch?.metrics ?? uncounted
  countEventsWith(counts.replicaEvent)
  const verifier = {
    database,
    replica,
    world,
    maxStalenessMilliseconds: options.maxStalenessMilliseconds ?? 1_000,
    key: keys.find,
  }
  const authenticator = {
    verifyToken: (text: string, address: string) => verifyToken(verifier, text, address),
    verifyOtherToken: (text: string, address: string | null) => verifyOtherToken(verifier, text, address),
    replica,
    refusals,
    limit: limitAttempts(world, options.badTokensPerMinute ?? limits.badTokensPerMinute, options.limitIpv6Prefix),
    seen: usage.seen,
    counted: (accounts: readonly string[], outcome: string) => {
      verdictCounts.count(accounts, outcome)
      if (outcome !== 'good') counts.refused(outcome)
    },
  }
  const server = buildServer({
    world,
    logger,
    tls: options.tls ?? null,
    trustProxy: options.trustProxy ?? null,
    publicUrl: options.publicUrl ?? null,
    runState,
    connections: {
      total: options.maxConnections ?? limits.connections,
      perClient: options.maxConnectionsPerClient ?? limits.connectionsPerClient,
      ipv6Prefix: options.limitIpv6Prefix,
    },
    ...(options.requestMilliseconds === undefined ? {} : { requestMilliseconds: options.requestMilliseconds }),
    onUndeclaredProxy: warnOnce(
      ({ actor }) => actor?.accounts.some((account) => replica.networks(account).length > 0) ?? false,
      () =>
        logger.warn(
          'allowed-ips is set, but X-Forwarded-For from this machine is ignored, so clients behind the proxy count as loopback and are always allowed: start with --trust-proxy',
        ),
    ),
    onForbidden: ({ actor, id, ip }, code) => {
      counts.refused(code)
      if (!actor) return
      refusals.count({
        tokenId: actor.tokenId,
        tokenLastCharacters: actor.tokenLastCharacters,
        code,
        ownerKind: actor.kind === 'system' ? null : actor.kind,
        ownerId: actor.id,
        accounts: actor.accounts,
        address: ip,
        requestId: id,
      })
    },
  })
  const jsonApi = { database, resources: servedResources, afterWrite: () => replica.afterWrite() }
  const sessions = openSessions({ database, world, replica, verifier })
  const routes = {
    jsonApi,
    authenticator,
    sessions,
    baseContext: { world, vault, installation, wasUsed: usage.wasUsed, liveTokens: replica.liveTokens },
  }
  mountResources(server, routes)
  const mail = options.mail ? openMail(options.mail, trouble('a mail could not be sent')) : null
  const signIn = openSignIn(routes, { replica, mail, limitIpv6Prefix: options.limitIpv6Prefix })
  const { failures } = signIn
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
  mountConsole(server, options.consoleFolder)
  const deliveries = deliverNotifications({
    database,
    world,
    vault,
    allowPrivate: options.allowPrivateWebhooks,
    timeoutMilliseconds: options.webhookMilliseconds,
    onEnd: counts.notificationSent,
    onFailure: (failure) => logger.warn(failure, 'a notification was not taken'),
    onTrouble: trouble('a notification could not be sent'),
  })
  const stopBackground = startBackground(database, world, {
    logger,
    replica,
    trouble,
    auditLog,
    beginDeliveries: deliveries.begin,
    lookAtAlerts: leaks.lookAtAlerts,
    workOnFound: leaks.queue.workLeft,
    writeRefusals: () => refusals.flush().then(failures.flush),
    sendMail: () => (mail ? mailNotifications(database, world, mail) : Promise.resolve(0)),
    writeCounts: verdictCounts.flush,
  })
  const flush = async () => {
    await usage.flush()
    await refusals.flush().then(failures.flush)
    await verdictCounts.flush()
    while ((await auditLog.seal()) > 0);
  }
  return {
    server,
    mark,
    reloadKeys: (masterKeys) => reloadKeys(masterKeys).then(() => auditLog.reload(masterKeys)),
    lookAtAlerts: leaks.lookAtAlerts,
    workLeft: leaks.queue.workLeft,
    flush,
    deliver: async () => {
      if (mail) await mailNotifications(database, world, mail)
      await deliveries.begin()
      await deliveries.settled()
    },
    close: async () => {
      // A connection that is answered now is not kept: the server would wait for its client to leave.
      runState.isDraining = true
      await closeServer(server)
      await storage.stop()
      await leaks.queue.stop()
      await stopBackground()
      await deliveries.stop()
      await usage.stop().catch(trouble('last-used times could not be written'))
      await flush().then(auditLog.anchor).catch(trouble('not everything could be written'))
      await closeReplica()
    },
  }
}

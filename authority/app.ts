/** Puts the authority together: a database and a world in, a server out that is ready to listen. */

import { limits, openApiDocument, openApiPage } from '@mintmark/contract'
import { mintMark } from '@mintmark/token'
import { gatherUsage } from './access-tokens/usage.ts'
import type { App, AppOptions } from './app-options.ts'
import { openAuditLog } from './audit-events/audit-log.ts'
import { countRefusals } from './audit-events/refusals.ts'
import { startBackground } from './background.ts'
import type { Installation } from './context.ts'
import { limitAttempts } from './http/attempt-limit.ts'
import { mountConsole } from './http/console-files.ts'
import { mountFoundTokens } from './http/found-token-routes.ts'
import { mountLeaks } from './http/leak-routes.ts'
import { mountMetrics } from './http/metrics-route.ts'
import { mountPlain } from './http/plain-routes.ts'
import { mountDeclared } from './http/routes.ts'
import { newRunState } from './http/run-state.ts'
import { buildServer, closeServer } from './http/server.ts'
import { findInstallation } from './installation/installation-store.ts'
import { leakDoors } from './leak-doors.ts'
import { measured, openWatch } from './measured.ts'
import { uncounted } from './metrics/counts.ts'
import { deliverNotices } from './notices/deliver.ts'
import { mailNotices } from './notices/mail-notices.ts'
import { nouns } from './nouns.ts'
import { openKeys } from './open-keys.ts'
import { openReplica } from './open-replica.ts'
import { guardedFetch } from './outbound/guarded-fetch.ts'
import { openMail } from './outbound/mail.ts'
import { mountPeople, sessionsOver } from './people-doors.ts'
import { watchStorage } from './storage-health.ts'
import { countVerdicts } from './verdict-counts/count-verdicts.ts'
import { judge, judgeAlso } from './verdicts/judge.ts'
import { warnOnce } from './warn-once.ts'
import { keySets } from './workload-identity-providers/key-sets.ts'

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
  const { knowledge, world, ...replica } = await openReplica(options)
  const auditLog = await openAuditLog({ ...options, world })

  const trouble = (what: string) => (error: unknown) => logger.error({ err: (error as Error).message }, what)
  const usage = gatherUsage(database, world, trouble('last-used times could not be written'))
  const refusals = countRefusals(database, world)
  const verdictCounts = countVerdicts(database, world)
  const watch = options.metricsToken
    ? await openWatch(options.metricsToken, measured(database, world, knowledge))
    : null
  const counts = watch?.metrics ?? uncounted
  replica.countWith(counts.replicaEvent)
  const judging = {
    database,
    knowledge,
    world,
    maxStalenessMilliseconds: options.maxStalenessMilliseconds ?? 1_000,
    key: keys.find,
  }
  const door = {
    judge: (text: string, address: string) => judge(judging, text, address),
    judgeAlso: (text: string, address: string | null) => judgeAlso(judging, text, address),
    knowledge,
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
      ({ actor }) => actor?.accounts.some((account) => knowledge.networks(account).length > 0) ?? false,
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
  const dialect = { database, nouns, afterDeed: () => knowledge.afterDeed() }
  const sessions = sessionsOver({ database, world, knowledge, judging })
  const doors = {
    dialect,
    door,
    sessions,
    bare: { world, vault, installation, wasUsed: usage.wasUsed, liveTokens: knowledge.liveTokens },
  }
  mountDeclared(server, doors)
  const mail = options.mail ? openMail(options.mail, trouble('a letter was not taken')) : null
  const failures = mountPeople(server, doors, { knowledge, mail, limitIpv6Prefix: options.limitIpv6Prefix })
  mountPlain(server, {
    ...doors,
    nouns,
    keySets: keySets(world, options.fetch ?? guardedFetch({ allowPrivate: options.allowPrivateIssuers ?? false })),
    openApi: openApiDocument(),
    docs: openApiPage(),
    isReady: async () => !runState.isDraining && knowledge.isReady && (await storage.isReady()),
  })
  const leaks = leakDoors(options, {
    bare: doors.bare,
    key: keys.find,
    judge: door.judge,
    counts,
    trouble: trouble('found tokens could not be worked on'),
    afterDeed: () => knowledge.afterDeed(),
  })
  mountLeaks(server, leaks.doors)
  mountConsole(server, options.consoleFolder)
  if (watch) mountMetrics(server, { ...watch, limit: door.limit })
  mountFoundTokens(server, { ...leaks.doors, door, db: database.read })
  const deliveries = deliverNotices({
    database,
    world,
    vault,
    allowPrivate: options.allowPrivateWebhooks,
    timeoutMilliseconds: options.webhookMilliseconds,
    onEnd: counts.noticeSent,
    onFailure: (failure) => logger.warn(failure, 'a notice was not taken'),
    onTrouble: trouble('a notice could not be sent'),
  })
  const stopBackground = startBackground(database, world, {
    logger,
    knowledge,
    trouble,
    auditLog,
    beginDeliveries: deliveries.begin,
    lookAtAlerts: leaks.lookAtAlerts,
    workOnFound: leaks.queue.workLeft,
    writeRefusals: () => refusals.flush().then(failures.flush),
    sendMail: () => (mail ? mailNotices(database, world, mail) : Promise.resolve(0)),
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
      if (mail) await mailNotices(database, world, mail)
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
      await replica.close()
    },
  }
}

/** Composes the HTTP server, which has no routes yet, and counts what it forbids. */
import { limits } from '@mintmark/contract'
import type { AppOptions } from './app-options.ts'
import type { Refusals } from './audit/refusals.ts'
import type { World } from './context.ts'
import type { RunState } from './http/run-state.ts'
import { buildServer, type ServerOptions } from './http/server.ts'
import type { Counts } from './metrics/counts.ts'
import type { Usage } from './tokens/activity/collect-usage.ts'
import type { LiveReplica } from './verdicts/live-replica.ts'
import { warnOnce } from './warn-once.ts'

interface Dependencies {
  readonly world: World
  readonly runState: RunState
  readonly replica: LiveReplica
  readonly counts: Counts
  readonly usage: Usage
  readonly refusals: Refusals
}

export function openServer(
  options: AppOptions,
  { world, runState, replica, counts, usage, refusals }: Dependencies,
): ReturnType<typeof buildServer> {
  const { logger } = options
  return buildServer({
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
    onDenied: countDenied(counts, usage, refusals),
  })
}

const countDenied =
  (counts: Counts, usage: Usage, refusals: Refusals): ServerOptions['onDenied'] =>
  ({ actor, id, ip, routeOptions: { config } }, { status, code, permission }) => {
    // Users of the console have no token.
    if (actor?.tokenId) usage.recordUse(actor.tokenId, ip, config.operation ?? '', 'denied')
    if (status !== 403) return
    counts.refused(code)
    if (!actor) return
    refusals.count({
      tokenId: actor.tokenId,
      tokenLastCharacters: actor.tokenLastCharacters,
      code,
      permission,
      ownerKind: actor.kind === 'system' ? null : actor.kind,
      ownerId: actor.id,
      accounts: actor.accounts,
      address: ip,
      requestId: id,
    })
  }

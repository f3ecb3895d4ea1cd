/** The options of `buildApp` and its result. */
import type { MintMark } from '@mintmark/token'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { AuditLogSettings } from './audit/audit-log.ts'
import type { World } from './context.ts'
import type { Database } from './database/database.ts'
import type { RunState } from './http/run-state.ts'
import type { GitHubSettings } from './leaks/github/github-api.ts'
import type { Reporter } from './leaks/reporters.ts'
import type { MailSettings } from './outbound/mail.ts'
import type { Fetch } from './outbound/read-body.ts'
import type { Keys } from './vault/open-keys.ts'
import type { MasterKeys } from './vault/vault.ts'

export interface AppOptions extends AuditLogSettings {
  readonly database: Database
  readonly world: World
  readonly logger: Logger
  readonly masterKeys: MasterKeys
  readonly host: string
  readonly maxStalenessMilliseconds?: number
  readonly reconcileMilliseconds?: number
  readonly invalidTokensPerMinute?: number
  /** How many leading bits of an IPv6 address identify a client for rate limits. */
  readonly limitIpv6Prefix?: number
  readonly runState?: RunState
  readonly tls?: { readonly cert: string; readonly key: string } | null
  readonly trustProxy?: string | null
  /** The origin by which clients reach this server, such as `https://mint.example.com`. */
  readonly publicUrl?: string | null
  readonly requestMilliseconds?: number
  readonly maxConnections?: number
  readonly maxConnectionsPerClient?: number
  /** Whether webhooks may have private addresses and addresses of this machine. */
  readonly allowPrivateWebhooks?: boolean
  readonly allowPrivateIssuers?: boolean
  readonly webhookMilliseconds?: number
  /** How long the response to a leak report waits for the report to be processed. */
  readonly reportMilliseconds?: number
  readonly reporters?: readonly Reporter[]
  readonly gitlabToken?: string | null
  readonly github?: (GitHubSettings & { readonly webhookSecret: string }) | null
  readonly mail?: MailSettings | null
  /** The bearer token for the metrics. */
  readonly metricsToken?: string | null
  readonly fetch?: Fetch
  /** The directory of the built console. */
  readonly consoleFolder?: string
  /** The built pages of `/help` and `/docs`; for tests. */
  readonly helpFolder?: string
}

export interface App {
  readonly server: FastifyInstance
  readonly mark: MintMark
  /** Replaces the master keys and reloads the signing keys. Rejects and changes nothing if they do not match. */
  reloadKeys: Keys['reload']
  /** Processes the pending GitHub alerts. Returns their number. */
  lookAtAlerts(): Promise<number>
  /** Processes reported tokens that were left over. Returns their number. */
  workLeft(): Promise<number>
  /** Writes what is still in memory. */
  flush(): Promise<void>
  /** Sends the notifications that are due and waits for the responses. */
  deliver(): Promise<void>
  /** Finishes open requests, flushes, and releases everything except the database. */
  close(): Promise<void>
}

/** What the authority is put together from, and what comes out. */
import type { MintMark } from '@mintmark/token'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { AuditLogSettings } from './audit/audit-log.ts'
import type { World } from './context.ts'
import type { Database } from './database/database.ts'
import type { RunState } from './http/run-state.ts'
import type { GitHubSettings } from './leaks/github-api.ts'
import type { Reporter } from './leaks/reporters.ts'
import type { MailSettings } from './outbound/mail.ts'
import type { Fetch } from './outbound/read-answer.ts'
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
  readonly badTokensPerMinute?: number
  /** How many leading bits of an IPv6 address count as one client where attempts are limited. */
  readonly limitIpv6Prefix?: number
  readonly runState?: RunState
  readonly tls?: { readonly cert: string; readonly key: string } | null
  readonly trustProxy?: string | null
  /** The origin by which clients reach this server, such as `https://mint.example.com`. */
  readonly publicUrl?: string | null
  readonly requestMilliseconds?: number
  readonly maxConnections?: number
  readonly maxConnectionsPerClient?: number
  /** Whether notices may be sent to private addresses and to this machine. */
  readonly allowPrivateWebhooks?: boolean
  readonly allowPrivateIssuers?: boolean
  readonly webhookMilliseconds?: number
  /** How long the answer to a report waits for it to be worked on. */
  readonly reportMilliseconds?: number
  readonly reporters?: readonly Reporter[]
  readonly gitlabToken?: string | null
  readonly github?: (GitHubSettings & { readonly webhookSecret: string }) | null
  readonly mail?: MailSettings | null
  /** Who shows it may read the metrics. */
  readonly metricsToken?: string | null
  readonly fetch?: Fetch
  /** Where the built console lies. */
  readonly consoleFolder?: string
}

export interface App {
  readonly server: FastifyInstance
  readonly mark: MintMark
  /** Takes other master keys and reads the signing keys anew; rejects and changes nothing when they do not fit. */
  reloadKeys: Keys['reload']
  /** Looks at the alerts of GitHub that wait; how many those were. */
  lookAtAlerts(): Promise<number>
  /** Works on reported tokens that others left; how many those were. */
  workLeft(): Promise<number>
  /** Writes down what is still in memory. */
  flush(): Promise<void>
  /** Sends the notices that are due and waits for the answers. */
  deliver(): Promise<void>
  /** Finishes open requests, writes down, lets go of everything but the database. */
  close(): Promise<void>
}

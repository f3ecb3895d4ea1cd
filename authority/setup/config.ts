/** The only module that reads the environment. Flags override `MINTMARK_…` variables. */
import { resolve } from 'node:path'
import { limits } from '@mintmark/contract'
import type { Reporter } from '../leaks/reporters.ts'
import type { MailSettings } from '../outbound/mail.ts'
import { type AuditSettings, readAuditSettings } from './settings/audit.ts'
import { readDatabase } from './settings/database.ts'
import {
  listeningHost,
  readProxies,
  readPublicHost,
  readPublicUrl,
  readTls,
  type TlsSettings,
} from './settings/listening.ts'
import { type GitHubAlertSettings, readGitHub, readMail, readReporters } from './settings/outbound.ts'
import {
  type AccessLog,
  accessLogs,
  type LogLevel,
  logLevels,
  readBoolean,
  readChoice,
  readInteger,
  readMetricsToken,
  readMintMark,
} from './settings/plain-values.ts'
import { warnAboutUnknown } from './settings/setting-names.ts'
import { type Environment, type Flags, settingSource } from './settings/setting-source.ts'

export { makeMasterKeys, readMasterKeys } from './settings/master-keys.ts'
export type { Flags } from './settings/setting-source.ts'
export { WrongUsage } from './settings/wrong-usage.ts'

export interface Settings extends AuditSettings {
  readonly host: string
  readonly port: number
  readonly data: string
  readonly database: string | null
  /** The maximum number of connections to PostgreSQL. */
  readonly databasePool: number
  /** How long to wait at the start for a PostgreSQL server that is not ready. */
  readonly databaseWaitSeconds: number
  readonly tls: TlsSettings
  readonly publicHost: string
  /** The origin that clients use, such as `https://mintmark.example.com`; null to use the `Host` header. */
  readonly publicUrl: string | null
  /** Comma-separated addresses and networks of reverse proxies, which are trusted to report the client's address. */
  readonly trustProxy: string | null
  /** How many leading bits of an IPv6 address identify a client for rate limits. */
  readonly limitIpv6Prefix: number
  readonly maxConnections: number
  readonly maxConnectionsPerClient: number
  readonly masterKey: string | null
  readonly mintMark: string | null
  readonly maxStalenessMilliseconds: number
  /** Whether webhooks may have private addresses and addresses of this machine. */
  readonly allowPrivateWebhooks: boolean
  /** Whether issuers of workload identity may have private addresses and addresses of this machine. */
  readonly allowPrivateIssuers: boolean
  readonly logLevel: LogLevel
  /** The requests to log: all, those with a status of 400 and above, or none. */
  readonly accessLog: AccessLog
  /** How long the server accepts requests after SIGTERM, while `/readyz` fails. */
  readonly drainMilliseconds: number
  /** The reporters that may report tokens with signed requests: GitHub and those in the configured file. */
  readonly reporters: readonly Reporter[]
  readonly gitlabToken: string | null
  readonly mail: MailSettings | null
  /** The bearer token for `/metrics`; null disables the endpoint. */
  readonly metricsToken: string | null
  readonly github: GitHubAlertSettings | null
  /** The number of server processes. */
  readonly workers: number
  readonly warnings: readonly string[]
}

/** Throws `WrongUsage`. Unknown variables are reported in `warnings`. */
export function readSettings(flags: Flags, environment: Environment = process.env): Settings {
  const value = settingSource(flags, environment)
  return {
    host: listeningHost(value('host')) ?? '127.0.0.1',
    port: readInteger('--port', value('port') ?? '8420', 0, 65_535),
    data: resolve(value('data') ?? './data'),
    database: readDatabase(value('database')),
    databasePool: readInteger('--database-pool', value('databasePool') ?? '16', 2, 500),
    databaseWaitSeconds: readInteger('--database-wait', value('databaseWait') ?? '60', 0, 3_600),
    tls: readTls(value('tls'), value('tlsCert'), value('tlsKey')),
    publicHost: readPublicHost(value('publicHost') ?? 'mintmark.internal'),
    publicUrl: readPublicUrl(value('publicUrl')),
    trustProxy: readProxies(flags['trustProxy'] === true ? 'loopback' : value('trustProxy')),
    limitIpv6Prefix: readInteger('--limit-ipv6-prefix', value('limitIpv6Prefix') ?? '64', 32, 128),
    maxConnections: readInteger('--max-connections', value('maxConnections') ?? `${limits.connections}`, 16, 1_000_000),
    maxConnectionsPerClient: readInteger(
      '--max-connections-per-client',
      value('maxConnectionsPerClient') ?? `${limits.connectionsPerClient}`,
      1,
      1_000_000,
    ),
    masterKey: value('masterKey') ?? null,
    mintMark: readMintMark(value('mintMark')),
    maxStalenessMilliseconds: readInteger('MINTMARK_MAX_STALENESS', value('maxStaleness') ?? '1000', 250, 60_000),
    allowPrivateWebhooks: readBoolean('MINTMARK_WEBHOOK_PRIVATE', value('webhookPrivate')),
    allowPrivateIssuers: readBoolean('MINTMARK_ISSUER_PRIVATE', value('issuerPrivate')),
    logLevel: readChoice('MINTMARK_LOG_LEVEL', value('logLevel') ?? 'info', logLevels),
    accessLog: readChoice('--access-log', value('accessLog') ?? 'all', accessLogs),
    drainMilliseconds: readInteger('--drain', value('drain') ?? '5', 0, 600) * 1_000,
    reporters: readReporters(value('leakKeysUrl'), value('leakKeys'), value('leakReporters')),
    gitlabToken: value('gitlabToken') ?? null,
    mail: readMail(value('smtpUrl'), value('mailFrom')),
    ...readAuditSettings(value),
    metricsToken: readMetricsToken(value('metricsToken')),
    github: readGitHub(value),
    workers: readInteger('--workers', value('workers') ?? '1', 1, 64),
    warnings: warnAboutUnknown(environment),
  }
}

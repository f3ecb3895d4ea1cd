/** The only module that reads the environment. Flags override `MINTMARK_…` variables. */
import { resolve } from 'node:path'
import type { Reporter } from '../leaks/reporters.ts'
import type { MailSettings } from '../outbound/mail.ts'
import { type AuditSettings, readAuditSettings } from './settings/audit.ts'
import { readDatabase } from './settings/database.ts'
import { settings } from './settings/declarations.ts'
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
  type LogLevel,
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
    host: listeningHost(value('host')) ?? settings.host.fallback,
    port: readInteger(value, 'port'),
    data: resolve(value('data')),
    database: readDatabase(value('database')),
    databasePool: readInteger(value, 'databasePool'),
    databaseWaitSeconds: readInteger(value, 'databaseWait'),
    tls: readTls(value('tls'), value('tlsCert'), value('tlsKey')),
    publicHost: readPublicHost(value('publicHost')),
    publicUrl: readPublicUrl(value('publicUrl')),
    trustProxy: readProxies(flags['trustProxy'] === true ? 'loopback' : value('trustProxy')),
    limitIpv6Prefix: readInteger(value, 'limitIpv6Prefix'),
    maxConnections: readInteger(value, 'maxConnections'),
    maxConnectionsPerClient: readInteger(value, 'maxConnectionsPerClient'),
    masterKey: value('masterKey') ?? null,
    mintMark: readMintMark(value('mintMark')),
    maxStalenessMilliseconds: readInteger(value, 'maxStaleness'),
    allowPrivateWebhooks: readChoice(value, 'webhookPrivate') === 'true',
    allowPrivateIssuers: readChoice(value, 'issuerPrivate') === 'true',
    logLevel: readChoice(value, 'logLevel'),
    accessLog: readChoice(value, 'accessLog'),
    drainMilliseconds: readInteger(value, 'drain') * 1_000,
    reporters: readReporters(value('leakKeysUrl'), value('leakKeys'), value('leakReporters')),
    gitlabToken: value('gitlabToken') ?? null,
    mail: readMail(value('smtpUrl'), value('mailFrom')),
    ...readAuditSettings(value),
    metricsToken: readMetricsToken(value('metricsToken')),
    github: readGitHub(value),
    workers: readInteger(value, 'workers'),
    warnings: warnAboutUnknown(environment),
  }
}

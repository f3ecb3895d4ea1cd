/** The only reader of the environment. Flags win over `MINTMARK_…` variables. */
import { resolve } from 'node:path'
import type { Reporter } from './leaks/reporters.ts'
import type { MailSettings } from './outbound/mail.ts'
import { listeningHost, readProxies, readPublicHost, readTls, type TlsSettings } from './settings/listening.ts'
import { type GitHubAlertSettings, readGitHub, readMail, readReporters } from './settings/outbound.ts'
import { readLogLevel, readMetricsToken, readMintMark, wholeNumber, yesOrNo } from './settings/plain-values.ts'
import { WrongUsage } from './settings/wrong-usage.ts'

export { readMasterKeys } from './settings/master-keys.ts'
export { WrongUsage } from './settings/wrong-usage.ts'

export interface Settings {
  readonly host: string
  readonly port: number
  readonly data: string
  readonly database: string | null
  readonly tls: TlsSettings
  readonly publicHost: string
  /** Addresses and networks of the proxies in front, by commas; whose word on the client's address counts. */
  readonly trustProxy: string | null
  /** How many leading bits of an IPv6 address count as one client where attempts are limited. */
  readonly limitIpv6Prefix: number
  readonly masterKey: string | null
  readonly mintMark: string | null
  readonly maxStalenessMilliseconds: number
  /** Whether notices may be sent to private addresses and to this machine. */
  readonly allowPrivateWebhooks: boolean
  readonly logLevel: string
  /** Who may report found tokens by signing: GitHub, and whoever a file names. */
  readonly reporters: readonly Reporter[]
  readonly gitlabToken: string | null
  readonly mail: MailSettings | null
  /** Who shows it may read `/metrics`; null: nobody may. */
  readonly metricsToken: string | null
  readonly github: GitHubAlertSettings | null
}

export type Flags = Readonly<Record<string, string | boolean | undefined>>

export function readSettings(
  flags: Flags,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Settings {
  const value = (name: string): string | undefined => {
    const flag = flags[name]
    if (typeof flag === 'string') return flag
    const variable = `MINTMARK_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
    return environment[variable] || undefined
  }
  const database = value('database') ?? null
  if (database !== null && !/^postgres(ql)?:\/\//.test(database))
    throw new WrongUsage('--database: expected an address such as postgres://user@host/name')
  return {
    host: listeningHost(value('host')) ?? '127.0.0.1',
    port: wholeNumber('--port', value('port') ?? '8420', 0, 65_535),
    data: resolve(value('data') ?? './data'),
    database,
    tls: readTls(value('tls'), value('tlsCert'), value('tlsKey')),
    publicHost: readPublicHost(value('publicHost') ?? 'mintmark.internal'),
    trustProxy: readProxies(flags.trustProxy === true ? 'loopback' : value('trustProxy')),
    limitIpv6Prefix: wholeNumber('--limit-ipv6-prefix', value('limitIpv6Prefix') ?? '64', 32, 128),
    masterKey: value('masterKey') ?? null,
    mintMark: readMintMark(value('mintMark')),
    maxStalenessMilliseconds: wholeNumber(
      'MINTMARK_MAX_STALENESS',
      environment.MINTMARK_MAX_STALENESS || '1000',
      250,
      60_000,
    ),
    allowPrivateWebhooks: yesOrNo('MINTMARK_WEBHOOK_PRIVATE', environment.MINTMARK_WEBHOOK_PRIVATE),
    logLevel: readLogLevel(environment.MINTMARK_LOG_LEVEL ?? 'info'),
    reporters: readReporters(value('leakKeysUrl'), value('leakKeys'), value('leakReporters')),
    gitlabToken: value('gitlabToken') ?? null,
    mail: readMail(value('smtpUrl'), value('mailFrom')),
    metricsToken: readMetricsToken(value('metricsToken')),
    github: readGitHub(value),
  }
}

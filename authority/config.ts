/** The only reader of the environment. Flags win over `MINTMARK_…` variables. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { mintMark } from '@mintmark/token'
import type { World } from './context.ts'
import type { GitHubSettings } from './leaks/github-api.ts'
import { githubReporter, type Reporter, reportersIn } from './leaks/reporters.ts'
import type { MailSettings } from './outbound/mail.ts'
import type { MasterKeys } from './vault/vault.ts'

/** A bad option, or something it names that cannot be used: one clear line, exit 2. */
export class WrongUsage extends Error {
  override name = 'WrongUsage'
}

export interface Settings {
  readonly host: string
  readonly port: number
  readonly data: string
  readonly database: string | null
  readonly tls:
    | { readonly kind: 'files'; readonly cert: string; readonly key: string }
    | { readonly kind: 'self-signed' }
    | null
  readonly publicHost: string
  /** Addresses and networks of the proxies in front, by commas; whose word on the client's address counts. */
  readonly trustProxy: string | null
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
  /** Of the alert webhook, and how its alerts are read and closed. */
  readonly github: (GitHubSettings & { readonly webhookSecret: string }) | null
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

/** With a scheme, `MINTMARK_HOST` is the server that client commands talk to, and says nothing of where to listen. */
const listeningHost = (text: string | undefined) => (text?.includes('://') ? undefined : text)

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (!/^\d{1,9}$/.test(text) || value < min || value > max)
    throw new WrongUsage(`${name}: expected a whole number from ${min} to ${max}`)
  return value
}

function readTls(kind: string | undefined, cert: string | undefined, key: string | undefined): Settings['tls'] {
  if (kind !== undefined && kind !== 'self-signed') throw new WrongUsage('--tls: expected self-signed')
  if (kind && (cert || key)) throw new WrongUsage('--tls self-signed: expected without --tls-cert and --tls-key')
  if (Boolean(cert) !== Boolean(key)) throw new WrongUsage('--tls-cert and --tls-key: expected both or neither')
  if (cert && key) return { kind: 'files', cert, key }
  return kind ? { kind: 'self-signed' } : null
}

function readMintMark(text: string | undefined): string | null {
  try {
    return text === undefined ? null : mintMark(text).text
  } catch (error) {
    throw new WrongUsage(`MINTMARK_MINT_MARK: ${(error as Error).message}`)
  }
}

function readPublicHost(host: string): string {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host))
    throw new WrongUsage('--public-host: expected a host name such as mintmark.corp.internal')
  return host
}

function readProxies(text: string | undefined): string | null {
  if (text === undefined) return null
  for (const each of text.split(',').map((part) => part.trim())) {
    const [address = '', bits, ...rest] = each.split('/')
    const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
    const isNetwork =
      rest.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
    if (each !== 'loopback' && !isNetwork)
      throw new WrongUsage('--trust-proxy: expected loopback, or addresses and networks such as 10.0.0.5,10.1.0.0/16')
  }
  return text
}

function readReporters(keysUrl: string | undefined, keys: string | undefined, others: string | undefined): Reporter[] {
  try {
    const github = githubReporter(keysUrl, keys === undefined ? undefined : readJson(keys))
    return [github, ...(others === undefined ? [] : reportersIn(readJson(others)))]
  } catch (error) {
    throw new WrongUsage(
      `MINTMARK_LEAK_KEYS_URL, MINTMARK_LEAK_KEYS, MINTMARK_LEAK_REPORTERS: ${(error as Error).message}`,
    )
  }
}

function readMail(address: string | undefined, from: string | undefined): MailSettings | null {
  if (Boolean(address) !== Boolean(from))
    throw new WrongUsage('MINTMARK_SMTP_URL and MINTMARK_MAIL_FROM: expected both or neither')
  if (!address || !from) return null
  if (!/^smtps?:$/.test(URL.parse(address)?.protocol ?? ''))
    throw new WrongUsage('MINTMARK_SMTP_URL: expected an address such as smtps://user:password@mail.example.com')
  if (!/^[^\r\n]*@[^\r\n]+$/.test(from)) throw new WrongUsage('MINTMARK_MAIL_FROM: expected an e-mail address')
  return { address, from }
}

function readMetricsToken(text: string | undefined): string | null {
  if (text !== undefined && !/^[\x21-\x7e]{16,255}$/.test(text))
    throw new WrongUsage('MINTMARK_METRICS_TOKEN: expected 16 to 255 characters without spaces')
  return text ?? null
}

function readGitHub(value: (name: string) => string | undefined): Settings['github'] {
  const webhookSecret = value('githubWebhookSecret')
  const [token, app, keyFile] = [value('githubToken'), value('githubApp'), value('githubAppKey')]
  if (!webhookSecret && !token && !app && !keyFile) return null
  if (!webhookSecret || Boolean(token) === Boolean(app) || Boolean(app) !== Boolean(keyFile))
    throw new WrongUsage(
      'MINTMARK_GITHUB_WEBHOOK_SECRET: expected with MINTMARK_GITHUB_TOKEN, or with MINTMARK_GITHUB_APP and MINTMARK_GITHUB_APP_KEY',
    )
  if (token && !/^[\x21-\x7e]+$/.test(token)) throw new WrongUsage('MINTMARK_GITHUB_TOKEN: expected a token of GitHub')
  const address = value('githubApi') ?? 'https://api.github.com'
  if (!/^https:\/\/[^/?#]+(\/[^?#]*[^/?#])?$/.test(address))
    throw new WrongUsage('MINTMARK_GITHUB_API: expected an https address such as https://git.example.com/api/v3')
  const login = token ? { token } : { app: app as string, key: readPrivateKey(keyFile as string) }
  return { webhookSecret, address, login }
}

function readPrivateKey(file: string): KeyObject {
  try {
    const key = createPrivateKey(readFileSync(file))
    if (key.asymmetricKeyType === 'rsa') return key
  } catch {
    // Said below, without what the file holds.
  }
  throw new WrongUsage(`MINTMARK_GITHUB_APP_KEY: expected a file with an RSA private key in PEM; ${file} is none`)
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

function yesOrNo(name: string, text: string | undefined): boolean {
  if (text && !['true', 'false'].includes(text)) throw new WrongUsage(`${name}: expected true or false`)
  return text === 'true'
}

function readLogLevel(level: string): string {
  if (!['trace', 'debug', 'info', 'warn', 'error', 'silent'].includes(level))
    throw new WrongUsage('MINTMARK_LOG_LEVEL: expected trace, debug, info, warn, error or silent')
  return level
}

const keyFile = 'master.key'

/**
 * The master keys: from `MINTMARK_MASTER_KEY`, `generation:base64` separated by commas (or one plain base64 of
 * generation 1), else from a 0600 file in the data folder, made on first use.
 */
export function readMasterKeys(settings: Settings, world: World): MasterKeys {
  const text = settings.masterKey ?? readKeyFile(settings, world)
  const keys = new Map<number, Uint8Array>()
  for (const part of text.split(',')) {
    const match = /^\s*(?:(\d{1,6}):)?([A-Za-z0-9+/_=-]+)\s*$/.exec(part)
    const key = Buffer.from(match?.[2] ?? '', 'base64')
    if (key.length !== 32)
      throw new WrongUsage('MINTMARK_MASTER_KEY: expected 32 bytes as base64, or generation:base64 separated by commas')
    keys.set(Number(match?.[1] ?? 1), key)
  }
  return keys
}

function readKeyFile({ data }: Settings, world: World): string {
  const path = join(data, keyFile)
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 })
    if (!existsSync(path))
      writeFileSync(path, `1:${Buffer.from(world.random(32)).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(path, 0o600)
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new WrongUsage(`--data: ${path} cannot be used (${(error as { code?: string }).code ?? 'unknown error'})`)
  }
}

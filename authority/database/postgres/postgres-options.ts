/**
 * Parses a PostgreSQL URL the way libpq does: several hosts, `sslmode`, `target_session_attrs`. An unknown parameter is an
 * error: a misspelled `sslmode` must not connect without TLS.
 * https://www.postgresql.org/docs/current/libpq-connect.html
 */
import { DatabaseTrouble } from '../errors.ts'

export interface PostgresHost {
  /** A name, an address, or the directory of a socket. */
  readonly host: string
  readonly port: number
}

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const
export type SslMode = (typeof sslModes)[number]

/** File paths. `root: 'system'` means the certificate authorities of the operating system. */
export interface TlsSettings {
  readonly mode: SslMode
  readonly root?: string
  readonly revoked?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  readonly minVersion?: string
  readonly maxVersion?: string
  readonly isDirect: boolean
}

const sessions = ['any', 'read-write', 'primary'] as const

export interface PostgresAddress {
  readonly hosts: readonly PostgresHost[]
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** The acceptable servers: `primary` is not in recovery, `read-write` accepts writes. */
  readonly session: (typeof sessions)[number]
  /** Whether the hosts are tried in random order. */
  readonly isShuffled: boolean
  readonly tls: TlsSettings
  readonly connectSeconds?: number
  readonly applicationName?: string
  /** Session settings, as for `postgres -c`. */
  readonly options?: string
  readonly channelBinding: boolean
}

const hostsMax = 16
const defaultPort = 5432

const readOnlySessions = new Set(['read-only', 'standby', 'prefer-standby'])
const accepted = new Set(
  `host hostaddr port user password dbname sslmode ssl sslrootcert sslcrl sslcert sslkey sslpassword sslnegotiation
   ssl_min_protocol_version ssl_max_protocol_version target_session_attrs load_balance_hosts connect_timeout
   application_name fallback_application_name options client_encoding channel_binding gssencmode uselibpqcompat`.split(
    /\s+/,
  ),
)

/** Throws `DatabaseTrouble`, which names the parameter but no value that could be secret. */
export function parsePostgresUrl(url: string): PostgresAddress {
  const parts = /^postgres(?:ql)?:\/\/(?<authority>[^/?]*)(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/s.exec(url)
  if (!parts) throw invalid('expected an address such as postgres://user@host/name')
  const { authority = '', database = '', query = '' } = parts.groups ?? {}
  const parameters = parametersIn(query)
  const parameter = (name: string) => parameters.get(name) || undefined
  const at = authority.lastIndexOf('@')
  const [user = '', ...password] = at < 0 ? [''] : authority.slice(0, at).split(':')
  const hosts = parameter('host') ?? parameter('hostaddr') ?? authority.slice(at + 1)
  const target = oneOf('target_session_attrs', [...sessions, ...readOnlySessions], parameter('target_session_attrs'))
  if (target && readOnlySessions.has(target))
    throw invalid(`target_session_attrs=${target} is not supported: Mintmark writes, so it needs read-write or primary`)
  const hostsRead = readHosts(hosts, parameter('port'))
  refuseUnsupported(parameter)
  return {
    hosts: hostsRead,
    ...withoutEmpty({
      user: parameter('user') ?? decoded('the user name', user),
      password: parameter('password') ?? decoded('the password', password.join(':')),
      database: parameter('dbname') ?? decoded('the database name', database),
      applicationName: parameter('application_name') ?? parameter('fallback_application_name'),
      options: parameter('options'),
      connectSeconds: seconds('connect_timeout', parameter('connect_timeout')),
    }),
    // As in libpq, except that with several hosts a standby is skipped by default, because Mintmark writes.
    session: (target as PostgresAddress['session'] | undefined) ?? (hostsRead.length > 1 ? 'read-write' : 'any'),
    isShuffled: oneOf('load_balance_hosts', ['disable', 'random'], parameter('load_balance_hosts')) === 'random',
    tls: readTls(parameter),
    channelBinding: parameter('channel_binding') !== 'disable',
  }
}

function parametersIn(query: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const pair of query.split('&').filter(Boolean)) {
    const [name = '', ...value] = pair.split('=')
    const key = decoded('a parameter', name)
    if (!accepted.has(key)) throw invalid(`the parameter ${JSON.stringify(key.slice(0, 60))} is not supported`)
    if (parameters.has(key)) throw invalid(`the parameter ${key} is given twice`)
    parameters.set(key, decoded(key, value.join('=')))
  }
  return parameters
}

function refuseUnsupported(given: (name: string) => string | undefined): void {
  if (given('channel_binding') === 'require')
    throw invalid('channel_binding=require is not supported; sslmode=verify-full proves who the server is')
  oneOf('channel_binding', ['disable', 'prefer'], given('channel_binding'))
  oneOf('gssencmode', ['disable', 'prefer'], given('gssencmode'))
  oneOf('client_encoding', ['UTF8', 'utf8', 'UTF-8', 'utf-8'], given('client_encoding'))
}

function readHosts(hosts: string, ports: string | undefined): PostgresHost[] {
  const names = hosts.split(',')
  const numbers = ports?.split(',') ?? []
  if (names.length > hostsMax) throw invalid(`expected at most ${hostsMax} hosts`)
  if (numbers.length > 1 && numbers.length !== names.length) throw invalid('port: expected one, or one for each host')
  return names.map((each, i) => {
    const parts = /^(?:\[(?<v6>[0-9a-fA-F:.%]+)\]|(?<name>[^:[\]]*))(?::(?<port>\d*))?$/.exec(each)
    // With the `port` parameter, a host may be an IPv6 address without brackets.
    if (!parts && !/^[0-9a-fA-F:.]+$/.test(each)) throw invalid('expected hosts as name:port, separated by commas')
    const { v6, name, port } = parts?.groups ?? { v6: each }
    const number = port || numbers[i] || numbers[0] || String(defaultPort)
    if (!/^\d{1,5}$/.test(number) || Number(number) < 1 || Number(number) > 65_535)
      throw invalid('port: expected a whole number from 1 to 65535')
    return { host: v6 ?? (decoded('the host', name ?? '') || 'localhost'), port: Number(number) }
  })
}

function readTls(given: (name: string) => string | undefined): TlsSettings {
  const isJdbc = oneOf('ssl', ['true', '1', 'false', '0'], given('ssl'))
  const named = oneOf('sslmode', sslModes, given('sslmode')) as SslMode | undefined
  const isDirect = oneOf('sslnegotiation', ['postgres', 'direct'], given('sslnegotiation')) === 'direct'
  const root = given('sslrootcert')
  const mode = named ?? modeWithout(isJdbc, root)
  if (root === 'system' && mode !== 'verify-full')
    throw invalid(`sslrootcert=system needs sslmode=verify-full: anybody can get a certificate of a public authority`)
  if (isDirect && (mode === 'disable' || mode === 'allow' || mode === 'prefer'))
    throw invalid('sslnegotiation=direct needs sslmode=require, verify-ca or verify-full')
  if (Boolean(given('sslcert')) !== Boolean(given('sslkey')))
    throw invalid('sslcert and sslkey: expected both or neither')
  return {
    mode,
    isDirect,
    ...withoutEmpty({
      root,
      revoked: given('sslcrl'),
      cert: given('sslcert'),
      key: given('sslkey'),
      passphrase: given('sslpassword'),
      minVersion: tlsVersion('ssl_min_protocol_version', given('ssl_min_protocol_version')),
      maxVersion: tlsVersion('ssl_max_protocol_version', given('ssl_max_protocol_version')),
    }),
  }
}

function modeWithout(isJdbc: string | undefined, root: string | undefined): SslMode {
  if (root === 'system') return 'verify-full'
  if (isJdbc === undefined) return 'prefer'
  return isJdbc === 'true' || isJdbc === '1' ? 'require' : 'disable'
}

const tlsVersion = (name: string, value: string | undefined) => oneOf(name, ['TLSv1.2', 'TLSv1.3'], value)

function seconds(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1) throw invalid(`${name}: expected whole seconds from 1 to 999`)
  return Number(text)
}

function oneOf<T extends string>(name: string, values: readonly T[], value: string | undefined): T | undefined {
  if (value !== undefined && !(values as readonly string[]).includes(value))
    throw invalid(`${name}: expected ${values.join(', ')}`)
  return value as T | undefined
}

function decoded(what: string, text: string): string {
  let plain: string
  try {
    plain = decodeURIComponent(text)
  } catch {
    throw invalid(`${what}: expected percent-encoding, %25 for a per cent sign`)
  }
  if (plain.includes('\0')) throw invalid(`${what}: expected no NUL character`)
  return plain
}

/** Drops empty and undefined values. */
const withoutEmpty = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== '')) as never

const invalid = (message: string) => new DatabaseTrouble(`--database: ${message}`, { isPermanent: true })

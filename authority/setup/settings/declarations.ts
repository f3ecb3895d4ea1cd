/**
 * All settings: names, values, defaults and descriptions. `readSettings` validates by them, and the configuration reference
 * is generated from them.
 */
import { kebab, limits } from '@mintmark/contract'

export interface Setting {
  readonly about: string
  /** Whether `mintmark serve` has an option for it, in addition to the variable. */
  readonly option?: true
  /** The variable contains the path of a file, with or without the suffix `_FILE`. */
  readonly path?: true
  /** What a value looks like, if it is not a number, a choice or a path. */
  readonly expected?: string
  readonly fallback?: string
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly string[]
}

const whole = <const Min extends number, const Max extends number>(min: Min, max: Max, fallback: number) => ({
  min,
  max,
  fallback: String(fallback),
})
const oneOf = <const C extends readonly string[]>(fallback: NoInfer<C[number]>, choices: C) => ({ choices, fallback })
const yesOrNo = oneOf('false', ['true', 'false'])
const option = true
const path = true

const server = {
  host: {
    option,
    fallback: '127.0.0.1',
    expected: 'address',
    about: 'Address to listen on. `0.0.0.0` or `::` for all.',
  },
  port: { option, ...whole(0, 65_535, 8420), about: 'Port to listen on. 0 chooses a free port.' },
  workers: { option, ...whole(1, 64, 1), about: 'Number of server processes that share the port.' },
  publicUrl: {
    option,
    expected: 'URL without a path',
    about:
      'URL that clients use, also in links and as the issuer. Without it, the `Host` header of each request decides.',
  },
  publicHost: {
    option,
    expected: 'host name',
    fallback: 'mintmark.internal',
    about: "Domain of service accounts' email addresses.",
  },
  trustProxy: {
    option,
    expected: '`loopback`, or addresses and networks',
    about: 'Comma-separated reverse proxies whose `X-Forwarded-For` header is trusted.',
  },
  limitIpv6Prefix: { option, ...whole(32, 128, 64), about: 'Prefix length by which IPv6 clients are rate limited.' },
  maxConnections: { option, ...whole(16, 1_000_000, limits.connections), about: 'Maximum number of open connections.' },
  maxConnectionsPerClient: {
    option,
    ...whole(1, 1_000_000, limits.connectionsPerClient),
    about: 'Maximum number of open connections per client address, except trusted proxies.',
  },
  drain: {
    option,
    ...whole(0, 600, 5),
    about: 'Seconds to keep serving after SIGTERM while `/readyz` responds with 503.',
  },
} as const

const tls = {
  tls: {
    option,
    choices: ['self-signed'],
    about: 'Creates a certificate authority and a certificate in the data folder.',
  },
  tlsCert: { option, path, about: 'TLS certificate with its chain (PEM).' },
  tlsKey: { option, path, about: 'Private key of the TLS certificate (PEM).' },
} as const

const storage = {
  data: { option, expected: 'folder', fallback: './data', about: 'Folder of the SQLite database and the master key.' },
  database: { option, expected: '`postgres://…`', about: 'Uses PostgreSQL instead of SQLite.' },
  databasePool: { option, ...whole(2, 500, 16), about: 'Maximum number of connections to PostgreSQL.' },
  databaseWait: {
    option,
    ...whole(0, 3_600, 60),
    about: 'Seconds to wait at start for PostgreSQL to become available.',
  },
  masterKey: {
    expected: '32 bytes in base64, or `generation:base64` pairs',
    about: 'Master key, instead of the file `master.key` in the data folder. Comma-separated pairs rotate it.',
  },
} as const

const tokens = {
  mintMark: {
    expected: '4 to 64 characters',
    about:
      'Issuer prefix by which scanners recognize tokens. Used when an installation is initialized. Default: `scalr:` and a random short ID.',
  },
  maxStaleness: {
    ...whole(250, 60_000, 1_000),
    about: 'Milliseconds after which a node must ask the database before it decides. Set the same value on every node.',
  },
} as const

const observation = {
  logLevel: {
    ...oneOf('info', ['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    about: 'Least severe level to log.',
  },
  accessLog: {
    option,
    ...oneOf('all', ['all', 'errors', 'off']),
    about: 'Requests to log: all, those with a status of 400 and above, or none.',
  },
  metricsToken: {
    expected: '16 to 255 printable ASCII characters',
    about: 'Bearer token for `/metrics`. Without it, the endpoint responds with 404.',
  },
  auditAnchorFile: { option, expected: 'file', about: 'File to which each head of the audit log is appended.' },
  auditAnchorMinutes: {
    option,
    ...whole(1, 1_440, 5),
    about: 'Minutes between heads of the audit log in the log and in the file.',
  },
  auditRetention: {
    option,
    min: 1,
    max: 36_500,
    about: 'Days after which audit events are purged. Without it, they are kept.',
  },
} as const

const outgoing = {
  smtpUrl: {
    expected: '`smtp://` or `smtps://` URL',
    about: 'Mail server for invitations and notifications. Requires `MINTMARK_MAIL_FROM`.',
  },
  mailFrom: { expected: 'email address', about: 'Sender of mail. Requires `MINTMARK_SMTP_URL`.' },
  webhookPrivate: {
    ...yesOrNo,
    about: 'Whether webhooks may have private addresses and addresses of this machine, and http there.',
  },
  issuerPrivate: {
    ...yesOrNo,
    about: 'Whether issuers of workload identity may have private addresses and addresses of this machine.',
  },
} as const

const leaks = {
  githubWebhookSecret: {
    expected: 'text',
    about:
      'Secret of the GitHub webhook for secret scanning alerts. Requires `MINTMARK_GITHUB_TOKEN`, or `MINTMARK_GITHUB_APP` and `MINTMARK_GITHUB_APP_KEY`.',
  },
  githubToken: { expected: 'token', about: 'GitHub token that reads and resolves alerts.' },
  githubApp: { expected: 'client ID', about: 'GitHub App that reads and resolves alerts.' },
  githubAppKey: { path, about: 'RSA private key of the GitHub App (PEM).' },
  githubApi: {
    expected: 'https URL',
    fallback: 'https://api.github.com',
    about: "GitHub's API. Set it for GitHub Enterprise Server.",
  },
  gitlabToken: { expected: 'text', about: "Secret with which GitLab authenticates to Mintmark's revocation API." },
  leakKeysUrl: {
    expected: 'https URL',
    fallback: 'https://api.github.com/meta/public_keys/secret_scanning',
    about: 'Public keys of the GitHub secret scanning partner program.',
  },
  leakKeys: { path, about: 'The same keys in a file (JSON), for networks without outbound access.' },
  leakReporters: { path, about: 'Further reporters that sign their reports (JSON).' },
} as const

export const settings = {
  ...server,
  ...tls,
  ...storage,
  ...tokens,
  ...observation,
  ...outgoing,
  ...leaks,
} as const satisfies Record<string, Setting>

export const settingGroups: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  'Address and connections': server,
  TLS: tls,
  Storage: storage,
  Tokens: tokens,
  'Logs, metrics and audit': observation,
  'Outgoing connections': outgoing,
  'Leak reports': leaks,
}

export type SettingName = keyof typeof settings

/** The settings with a certain kind of declaration. */
export type SettingsWith<D> = { [N in SettingName]: (typeof settings)[N] extends D ? N : never }[SettingName]

export const variableOf = (name: string): string =>
  `MINTMARK_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

/** The name in error messages: of the option, or of the variable if there is no option. */
export function labelOf(name: SettingName): string {
  const { option }: Setting = settings[name]
  return option ? `--${kebab(name)}` : variableOf(name)
}

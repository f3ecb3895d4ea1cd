import type { Secret } from '@mintmark/token'
import type { Command } from 'commander'
import { print } from '../output/print.ts'
import { useProxy } from '../use-proxy.ts'
import { openAuthority, type StoreFlags, settingsFrom, storeCommand } from './store-command.ts'

interface ServeFlags extends StoreFlags {
  readonly host?: string
  readonly port?: string
  readonly tls?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly publicHost?: string
  readonly trustProxy?: string | boolean
  readonly limitIpv6Prefix?: string
  readonly publicUrl?: string
  readonly drain?: string
  readonly accessLog?: string
  readonly auditAnchorFile?: string
  readonly auditAnchorMinutes?: string
  readonly auditRetention?: string
  readonly maxConnections?: string
  readonly maxConnectionsPerClient?: string
  readonly workers?: string
  readonly quickstart?: boolean
}

export function addServe(parent: Command): void {
  storeCommand(
    parent,
    'serve',
    'Start the server. Each option can also be set by an environment variable (MINTMARK_PORT for --port) or read from a file (MINTMARK_PORT_FILE).',
  )
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <number>', 'port to listen on (default: 8420)')
    .option('--tls-cert <file>', 'TLS certificate (PEM)')
    .option('--tls-key <file>', 'private key of the TLS certificate (PEM)')
    .option('--tls <mode>', 'self-signed: create a certificate authority and a certificate in the data folder')
    .option('--public-host <name>', "domain of service accounts' email addresses")
    .option('--trust-proxy [addresses]', 'proxies whose X-Forwarded-For is trusted (default without a value: loopback)')
    .option('--limit-ipv6-prefix <bits>', 'prefix length by which IPv6 clients are rate limited (default: 64)')
    .option(
      '--public-url <url>',
      'URL that clients use, also in links and as the issuer (default: from the Host header of each request)',
    )
    .option('--drain <seconds>', 'how long to keep serving after SIGTERM while /readyz responds with 503 (default: 5)')
    .option('--access-log <level>', 'requests to log: all, errors (status 400 and above) or off (default: all)')
    .option('--audit-anchor-file <file>', 'file to which each head of the audit log is appended')
    .option(
      '--audit-anchor-minutes <minutes>',
      'how often the head of the audit log is logged and appended (default: 5)',
    )
    .option('--audit-retention <days>', 'purge audit events older than this (default: never)')
    .option('--max-connections <number>', 'maximum number of open connections (default: 4096)')
    .option(
      '--max-connections-per-client <number>',
      'maximum number of open connections per client address (default: 256)',
    )
    .option('--workers <number>', 'number of server processes that share the port (default: 1)')
    .option('--quickstart', 'initialize an empty database first and print the first token')
    .action(serve)
}

async function serve({ quickstart = false, ...flags }: ServeFlags): Promise<void> {
  useProxy(process.env)
  // A server keeps running when the program that read its first lines ends.
  process.stdout.removeAllListeners('error').on('error', () => undefined)
  const authority = await openAuthority()
  await authority.serve(settingsFrom(authority, flags), {
    quickstart,
    say: print,
    saySecret: printSecret,
    reread: () => authority.readSettings(flags),
  })
}

/** Prints the secret from a buffer that is wiped afterwards, instead of a string. */
function printSecret(label: string, secret: Secret): void {
  const line = Buffer.concat([Buffer.from(label), secret.bytes(), Buffer.from('\n')])
  secret.wipe()
  process.stdout.write(line, () => line.fill(0))
}

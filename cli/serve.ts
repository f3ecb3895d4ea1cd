import type { Secret } from '@mintmark/token'
import type { Command } from 'commander'
import { print } from './print.ts'
import { openAuthority, type StoreFlags, settingsFrom, storeCommand } from './store-command.ts'
import { useProxy } from './use-proxy.ts'

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
  readonly quickstart?: boolean
}

export function addServe(parent: Command): void {
  storeCommand(
    parent,
    'serve',
    'Run the authority until Ctrl-C. Each option is also a variable, MINTMARK_PORT for --port, and may be in a file that MINTMARK_PORT_FILE names.',
  )
    .option('--host <address>', 'where to listen, 127.0.0.1 unless told')
    .option('--port <number>', 'the port, 8420 unless told')
    .option('--tls-cert <file>', 'serve https with this certificate')
    .option('--tls-key <file>', 'and this key')
    .option('--tls <kind>', 'self-signed: make a certificate in the data folder')
    .option('--public-host <name>', 'the host part of the e-mail addresses of service accounts')
    .option('--trust-proxy [addresses]', 'proxies in front, whose X-Forwarded-For counts; loopback unless told')
    .option('--limit-ipv6-prefix <bits>', 'limits count IPv6 clients by this prefix length; 64 by default')
    .option(
      '--public-url <address>',
      'the address clients use, for links and issuers; the Host of each request by default',
    )
    .option('--drain <seconds>', 'how long to keep serving after SIGTERM while /readyz answers 503; 5 by default')
    .option('--access-log <which>', 'all, errors (status 400 and above) or off; all by default')
    .option('--audit-anchor-file <file>', 'also append each head of the audit log to this file')
    .option('--audit-anchor-minutes <minutes>', 'how often the head is logged and appended; 5 by default')
    .option('--audit-retention <days>', 'delete audit events older than this; kept for ever by default')
    .option('--max-connections <number>', 'open connections in total; 4096 by default')
    .option('--max-connections-per-client <number>', 'open connections per client address; 256 by default')
    .option('--quickstart', 'prepare an empty store first and print its first token')
    .action(serve)
}

async function serve({ quickstart = false, ...flags }: ServeFlags): Promise<void> {
  useProxy(process.env)
  const authority = await openAuthority()
  await authority.serve(settingsFrom(authority, flags), {
    quickstart,
    say: print,
    saySecret,
    reread: () => authority.readSettings(flags),
  })
}

/** As bytes, wiped when they are written. */
function saySecret(label: string, secret: Secret): void {
  const line = Buffer.concat([Buffer.from(label), secret.bytes(), Buffer.from('\n')])
  secret.wipe()
  process.stdout.write(line, () => line.fill(0))
}

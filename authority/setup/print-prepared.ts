/** Prints the result of the first start: account, owner, the first token and the sign-in link of the console. */

import type { ServeOptions } from '../main.ts'
import type { LocalLink } from '../sign-in/links/local-link.ts'
import type { Settings } from './config.ts'
import type { Prepared } from './initialize-store.ts'

/** The first token is shown here and never again. */
export function printPrepared(
  { say, saySecret }: Pick<ServeOptions, 'say' | 'saySecret'>,
  { account, email, token, expiresAt }: Prepared,
  { host, port, tls }: Settings,
): void {
  const address = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
  say(`Account  ${account}`)
  say(`Owner    ${email}`)
  saySecret('Token    ', token)
  say(`         Save it now; it won't be shown again. Expires ${minuteOf(expiresAt)}.`)
  say('')
  say('Next steps:')
  say(`  export MINTMARK_URL=${address} MINTMARK_TOKEN=<token>`)
  say('  npm run mintmark -- whoami')
  say('  npm run mintmark -- service-account create ci --role reader')
  say('  npm run mintmark -- token mint --service-account ci')
  say('')
}

/** With `link`, the console opens as the owner. Without a public URL the host is `localhost` on this machine: passkeys and secure cookies need a host name, or https. */
export function printConsoleAddress(
  { say, saySecret }: Pick<ServeOptions, 'say' | 'saySecret'>,
  link: LocalLink | null,
  { publicHost, publicUrl, tls }: Settings,
  address: string,
): void {
  const { protocol, port, hostname } = new URL(address)
  const isLocal = hostname === '127.0.0.1' || hostname === '[::1]'
  const name = isLocal ? 'localhost' : tls ? publicHost : hostname
  const origin = publicUrl ?? `${protocol}//${name}${port ? `:${port}` : ''}`
  if (link === null) {
    say(`Console  ${origin}`)
    return
  }
  saySecret(`Console  ${origin}/welcome#`, link.secret)
  say(`         Signs you in as the owner. Can be used once, until ${minuteOf(link.expiresAt)}.`)
}

const minuteOf = (time: string | null) => (time === null ? 'never' : `${time.slice(0, 16).replace('T', ' ')} UTC`)

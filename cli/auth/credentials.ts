/** Finds the server and its token. A token that is configured for one host is never sent to another. */
import { Secret } from '@mintmark/token'
import { readText } from '../arguments/read-text.ts'
import { WrongUsage } from '../report-error.ts'
import { readTerraformTokens } from './terraform-credentials.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Credentials {
  readonly address: string
  readonly token: Secret
}

interface Sources {
  /** The option `--host`. */
  readonly host: string | undefined
  readonly environment: Environment
  readonly home: string
}

const defaultAddress = 'http://127.0.0.1:8420'

export function findCredentials({ host, environment, home }: Sources): Credentials {
  const named = namedAddress({ host, environment })
  const fromEnvironment = tokenFromEnvironment(environment, named)
  if (fromEnvironment) return { address: named ?? defaultAddress, token: new Secret(fromEnvironment) }
  const terraform = readTerraformTokens(environment, home)
  const address = named ?? (terraform.onlyHost ? `https://${terraform.onlyHost}` : defaultAddress)
  const token = terraform.tokenFor(new URL(address).host)
  if (!token) throw new WrongUsage(`no token for ${address}: run mintmark login or set MINTMARK_TOKEN`)
  return { address, token: new Secret(token) }
}

/** Finds the server, for commands that need no token. */
export const findAddress = (sources: Omit<Sources, 'home'>): string => namedAddress(sources) ?? defaultAddress

function namedAddress({
  host,
  environment: { MINTMARK_HOST, SCALR_HOSTNAME },
}: Omit<Sources, 'home'>): string | undefined {
  return (
    (host && addressOf('--host', host)) ||
    hostIn('MINTMARK_HOST', MINTMARK_HOST) ||
    hostIn('SCALR_HOSTNAME', SCALR_HOSTNAME)
  )
}

/** If SCALR_HOSTNAME is set, SCALR_TOKEN is only sent to that host. */
function tokenFromEnvironment(environment: Environment, named: string | undefined): string | undefined {
  const { MINTMARK_TOKEN, MINTMARK_TOKEN_FILE, SCALR_TOKEN, SCALR_HOSTNAME } = environment
  if (MINTMARK_TOKEN && MINTMARK_TOKEN_FILE)
    throw new WrongUsage('MINTMARK_TOKEN and MINTMARK_TOKEN_FILE: set only one of them')
  if (MINTMARK_TOKEN) return MINTMARK_TOKEN.trim()
  if (MINTMARK_TOKEN_FILE) return tokenInFile(MINTMARK_TOKEN_FILE)
  if (!SCALR_TOKEN) return undefined
  const isForAnotherHost = SCALR_HOSTNAME && hostIn('SCALR_HOSTNAME', SCALR_HOSTNAME) !== named
  return isForAnotherHost ? undefined : SCALR_TOKEN.trim()
}

function tokenInFile(file: string): string {
  const token = readText(file, `MINTMARK_TOKEN_FILE: ${file}`).trim()
  if (token === '') throw new WrongUsage(`MINTMARK_TOKEN_FILE: ${file} is empty`)
  return token
}

const hostIn = (name: string, value: string | undefined) => (value ? addressOf(name, value) : undefined)

/** Returns the origin. The scheme defaults to https. */
function addressOf(name: string, text: string): string {
  const url = URL.parse(/^https?:\/\//.test(text) ? text : `https://${text}`)
  if (!url || url.username || url.password || url.pathname !== '/' || url.search || url.hash)
    throw new WrongUsage(`${name}: expected a host such as tokens.example.com, or a URL such as https://host:port`)
  return url.origin
}

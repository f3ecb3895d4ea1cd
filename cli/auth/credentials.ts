/** Finds the server and its token. A token that is configured for one host is never sent to another. */
import { Secret } from '@mintmark/token'
import { readText } from '../arguments/read-text.ts'
import { WrongUsage } from '../report-error.ts'
import { type Profile, readProfiles } from './profiles.ts'
import { readTerraformTokens } from './terraform-credentials.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Credentials {
  readonly address: string
  readonly token: Secret
}

interface Sources {
  /** The option `--host`. */
  readonly host: string | undefined
  /** The option `--profile`. */
  readonly profile?: string | undefined
  readonly environment: Environment
  readonly home: string
}

const defaultAddress = 'http://127.0.0.1:8420'

export function findCredentials(sources: Sources): Credentials {
  const { environment, home } = sources
  const profile = namedProfile(sources)
  if (profile) return credentialsOf(profile)
  const named = namedAddress(sources)
  const fromEnvironment = tokenFromEnvironment(environment, named)
  if (fromEnvironment) return { address: named ?? defaultAddress, token: new Secret(fromEnvironment) }
  const { current, all } = readProfiles(environment, home)
  if (named === undefined) return credentialsOf(current ?? onlyOne(all) ?? storedAt(defaultAddress, sources))
  return credentialsOf(current?.address === named ? current : storedAt(named, sources))
}

/** Finds the server, for commands that need no token. */
export function findAddress(sources: Sources): string {
  const chosen = namedProfile(sources)?.address ?? namedAddress(sources)
  return chosen ?? readProfiles(sources.environment, sources.home).current?.address ?? defaultAddress
}

const onlyOne = (all: readonly Profile[]) => (all.length === 1 ? all[0] : undefined)

/** The token for a server: Terraform's, in its order of precedence, or that of a profile. */
function storedAt(address: string, { environment, home }: Sources): Omit<Profile, 'name'> {
  const token = readTerraformTokens(environment, home).tokenFor(new URL(address).host)
  const profile = readProfiles(environment, home).all.find((each) => each.address === address)
  return { address, token: token ?? profile?.token }
}

function credentialsOf({ address, token }: Omit<Profile, 'name'>): Credentials {
  if (!token) throw new WrongUsage(`no token for ${address}: run mintmark auth login or set MINTMARK_TOKEN`)
  return { address, token: new Secret(token) }
}

/** The profile that an option or a variable names. It has a server and a token, so nothing else may name one. */
function namedProfile({ host, profile, environment, home }: Sources): Profile | undefined {
  const name = profile ?? environment['MINTMARK_PROFILE']
  if (!name) return undefined
  const source = profile === undefined ? 'MINTMARK_PROFILE' : '--profile'
  if (host) throw new WrongUsage(`${source} and --host: set only one of them`)
  if (profile === undefined && environment['MINTMARK_TOKEN'])
    throw new WrongUsage('MINTMARK_PROFILE and MINTMARK_TOKEN: set only one of them')
  return readProfiles(environment, home).named(name)
}

/** `MINTMARK_HOST` is an older name for `MINTMARK_URL`. The server uses it for the address to listen on. */
export function namedAddress({
  host,
  environment: { MINTMARK_URL, MINTMARK_HOST, SCALR_HOSTNAME },
}: Pick<Sources, 'host' | 'environment'>): string | undefined {
  return (
    (host && addressOf('--host', host)) ||
    hostIn('MINTMARK_URL', MINTMARK_URL) ||
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

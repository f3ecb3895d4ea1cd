/** Options and connection shared by all commands that call a server. */
import type { CallOptions, Client, Found } from '@mintmark/client'
import type { Resource } from '@mintmark/contract'
import type { Command } from 'commander'
import { readText } from './arguments/read-text.ts'
import { findAddress, findCredentials } from './auth/credentials.ts'
import { homeFolder } from './auth/home-folder.ts'
import { WrongUsage } from './report-error.ts'
import { useProxy } from './use-proxy.ts'

/** The options that choose the server. */
export interface ServerFlags {
  readonly host?: string
  readonly profile?: string
  readonly insecureHttp?: boolean
}

export interface ClientFlags extends ServerFlags {
  readonly json?: boolean | undefined
}

export const clientCommand = (parent: Command, name: string, description: string): Command =>
  serverCommand(parent, name, description).option('--json', 'print JSON')

/** Without the options for its output. */
export function serverCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--host <host>', 'host name or URL of the server (MINTMARK_URL)')
    .option('--profile <name>', 'profile of mintmark auth login (MINTMARK_PROFILE)')
    .option('--insecure-http', 'allow sending the token to another machine over plain http')
}

/** Calls of an operation that is only known at run time. */
export interface UntypedCalls {
  call(of: Resource, operation: string, options?: UntypedOptions): Promise<unknown>
  all(of: Resource, operation: string, options?: UntypedOptions): Promise<Found[]>
}

type Texts = Readonly<Record<string, string>>

export interface UntypedOptions extends Pick<CallOptions<Resource, string>, 'path' | 'search' | 'sort' | 'page'> {
  readonly input?: Readonly<Record<string, unknown>>
  readonly filters?: Texts
  readonly parameters?: Texts
}

export const untyped = (client: Client) => client as unknown as UntypedCalls

export async function openClient({ host, profile, insecureHttp = false }: ServerFlags): Promise<Client> {
  const { address, token } = findCredentials({ host, profile, environment: process.env, home: homeFolder() })
  useProxy(process.env, address)
  addTrustedCertificates(address)
  const { connect } = await import('@mintmark/client')
  try {
    return connect({ address, token: token.open(), insecureHttp })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const advice = error.message.includes('plain http') ? ' (use https, or allow it with --insecure-http)' : ''
    throw new WrongUsage(error.message + advice)
  }
}

/** The server, for commands that need no token. */
export function openServer({ host, profile, insecureHttp = false }: ServerFlags): {
  address: string
  insecureHttp: boolean
} {
  return serverAt(findAddress({ host, profile, environment: process.env, home: homeFolder() }), insecureHttp)
}

export function serverAt(address: string, insecureHttp = false): { address: string; insecureHttp: boolean } {
  useProxy(process.env, address)
  addTrustedCertificates(address)
  return { address, insecureHttp }
}

/** Trusts the certificate authority in SSL_CERT_FILE, in addition to those of the system. */
export function addTrustedCertificates(address: string): void {
  const file = process.env['SSL_CERT_FILE']
  if (!file || !address.startsWith('https:')) return
  try {
    // Loading these modules takes a while, and most commands need no further certificate.
    const { getCACertificates, setDefaultCACertificates } = process.getBuiltinModule('node:tls')
    const { X509Certificate } = process.getBuiltinModule('node:crypto')
    const certificate = readText(file, `SSL_CERT_FILE: ${file}`)
    // setDefaultCACertificates accepts any text and ignores what it cannot parse.
    new X509Certificate(certificate)
    setDefaultCACertificates([...getCACertificates('default'), certificate])
  } catch (error) {
    if (error instanceof WrongUsage) throw error
    const code = (error as { code?: string }).code ?? 'unknown error'
    throw new WrongUsage(`SSL_CERT_FILE: expected a PEM certificate in ${file} (${code})`)
  }
}

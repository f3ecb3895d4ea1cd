/** What every command that talks to a server has: its options, and the connection they lead to. */
import { X509Certificate } from 'node:crypto'
import { homedir } from 'node:os'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Client } from '@mintmark/client'
import type { Command } from 'commander'
import { findAddress, findCredentials } from './credentials.ts'
import { readText } from './read-text.ts'
import { WrongUsage } from './report-error.ts'
import { useProxy } from './use-proxy.ts'

export interface ClientFlags {
  readonly host?: string
  readonly insecureHttp?: boolean
  readonly json?: boolean
}

export function clientCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--host <address>', 'the server, host or https://host:port (MINTMARK_HOST)')
    .option('--insecure-http', 'send the token over plain http to another machine')
    .option('--json', 'print JSON')
}

export async function openClient({ host, insecureHttp = false }: ClientFlags): Promise<Client> {
  const { address, token } = findCredentials({ host, environment: process.env, home: homedir() })
  useProxy(process.env, address)
  const extra = process.env.SSL_CERT_FILE
  if (extra && address.startsWith('https:')) trustAlso(extra)
  const { connect } = await import('@mintmark/client')
  try {
    return connect({ address, token: token.open(), insecureHttp })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const advice = error.message.includes('plain http') ? ' (use https, or --insecure-http if that is meant)' : ''
    throw new WrongUsage(error.message + advice)
  }
}

/** For what needs no login: the server alone. */
export function openServer({ host, insecureHttp = false }: ClientFlags): { address: string; insecureHttp: boolean } {
  const address = findAddress({ host, environment: process.env })
  useProxy(process.env, address)
  const extra = process.env.SSL_CERT_FILE
  if (extra && address.startsWith('https:')) trustAlso(extra)
  return { address, insecureHttp }
}

function trustAlso(file: string): void {
  try {
    const certificate = readText(file, `SSL_CERT_FILE: ${file}`)
    // Node would take any text and then trust nothing by it.
    new X509Certificate(certificate)
    setDefaultCACertificates([...getCACertificates('default'), certificate])
  } catch (error) {
    if (error instanceof WrongUsage) throw error
    const why = (error as { code?: string }).code ?? 'unknown error'
    throw new WrongUsage(`SSL_CERT_FILE: ${file} cannot be used (${why})`)
  }
}

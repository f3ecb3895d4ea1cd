/** Settings of the listening address, the public URL, TLS and reverse proxies. */
import { isIP } from 'node:net'
import { WrongUsage } from './wrong-usage.ts'

export type TlsSettings =
  | { readonly kind: 'files'; readonly cert: string; readonly key: string }
  | { readonly kind: 'self-signed' }
  | null

/** With a scheme, `MINTMARK_HOST` is the server for client commands rather than the address to listen on. */
export const listeningHost = (text: string | undefined) => (text?.includes('://') ? undefined : text)

export function readTls(kind: string | undefined, cert: string | undefined, key: string | undefined): TlsSettings {
  if (kind !== undefined && kind !== 'self-signed') throw new WrongUsage('--tls: expected self-signed')
  if (kind && (cert || key)) throw new WrongUsage('--tls self-signed: cannot be combined with --tls-cert and --tls-key')
  if (Boolean(cert) !== Boolean(key)) throw new WrongUsage('--tls-cert and --tls-key: set both or neither')
  if (cert && key) return { kind: 'files', cert, key }
  return kind ? { kind: 'self-signed' } : null
}

export function readPublicHost(host: string): string {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host))
    throw new WrongUsage('--public-host: expected a host name such as mintmark.corp.internal')
  return host
}

/** An origin without a path; clients append `/api/iacp/v3`. */
export function readPublicUrl(text: string | undefined): string | null {
  if (text === undefined) return null
  const url = /^https?:\/\/[^/?#@\\\s]+\/?$/i.test(text) ? URL.parse(text) : null
  if (!url) throw new WrongUsage('--public-url: expected a URL without a path, such as https://mintmark.example.com')
  return url.origin
}

export function readProxies(text: string | undefined): string | null {
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

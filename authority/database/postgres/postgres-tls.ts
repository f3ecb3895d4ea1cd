/** Maps the TLS modes of libpq to Node's TLS options. https://www.postgresql.org/docs/current/libpq-ssl.html */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, createSecureContext, getCACertificates } from 'node:tls'
import { DatabaseTrouble } from '../errors.ts'
import type { TlsSettings } from './postgres-options.ts'

/** False means without TLS. */
export type TlsMode = false | ConnectionOptions

/** Returns the connection methods in the order to try. Reads the files that the settings name. */
export function tlsModes(settings: TlsSettings): readonly TlsMode[] {
  if (settings.mode === 'disable') return [false]
  const secure = secured(settings)
  if (settings.mode === 'allow') return [false, secure]
  return settings.mode === 'prefer' ? [secure, false] : [secure]
}

/** libpq's default path for a file, if the file exists. */
const defaultFile = (name: string): string | undefined => {
  const path = join(homedir(), '.postgresql', name)
  return existsSync(path) ? path : undefined
}

function secured(settings: TlsSettings): ConnectionOptions {
  const { mode, passphrase, minVersion = 'TLSv1.2', maxVersion } = settings
  const root = settings.root ?? defaultFile('root.crt')
  const revoked = settings.revoked ?? defaultFile('root.crl')
  const cert = settings.cert ?? defaultFile('postgresql.crt')
  const key = settings.key ?? (settings.cert === undefined && cert ? defaultFile('postgresql.key') : undefined)
  // `require` verifies the authority if a root certificate exists, as libpq does for backward compatibility.
  const verifies = mode.startsWith('verify-') || (mode === 'require' && root !== undefined)
  if (mode === 'verify-ca' && root === undefined)
    throw invalid('sslmode=verify-ca needs sslrootcert: with any public authority it would prove nothing')
  const options: ConnectionOptions = {
    rejectUnauthorized: verifies,
    ...(verifies && root ? { ca: authorities(root) } : {}),
    ...(verifies && revoked ? { crl: fileOf('sslcrl', revoked) } : {}),
    ...(verifies && mode !== 'verify-full' ? { checkServerIdentity: () => undefined } : {}),
    ...(cert && key ? { cert: fileOf('sslcert', cert), key: fileOf('sslkey', key) } : {}),
    ...(passphrase ? { passphrase } : {}),
    minVersion: minVersion as 'TLSv1.2',
    ...(maxVersion ? { maxVersion: maxVersion as 'TLSv1.3' } : {}),
  }
  try {
    createSecureContext(options)
  } catch (error) {
    const reason = (error as { code?: string }).code ?? 'unknown error'
    throw invalid(`sslrootcert, sslcert, sslkey, sslpassword: expected PEM files that belong together (${reason})`)
  }
  return options
}

const authorities = (root: string): string | string[] =>
  root === 'system' ? getCACertificates('system') : fileOf('sslrootcert', root)

function fileOf(parameter: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw invalid(`${parameter}: ${path} cannot be read (${(error as { code?: string }).code ?? 'unknown error'})`)
  }
}

const invalid = (message: string) => new DatabaseTrouble(`--database: ${message}`, { isPermanent: true })

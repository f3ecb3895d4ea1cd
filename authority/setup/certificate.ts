/** The TLS certificate: files of the operator, or self-signed. Replaced files are loaded while the server runs. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Logger } from 'pino'
import { realWorld } from '../world.ts'
import { type Settings, WrongUsage } from './config.ts'
import type { TlsSettings } from './settings/listening.ts'
import { readTextFile } from './settings/read-file.ts'

export interface Certificate {
  readonly cert: string
  readonly key: string
  /** The certificate authority to trust, if the certificate is self-signed. */
  readonly caFile?: string
}

type Files = Extract<TlsSettings, { kind: 'files' }>

/** Throws `WrongUsage`. */
export async function certificate(settings: Settings): Promise<Certificate | null> {
  const { tls } = settings
  if (!tls) return null
  return tls.kind === 'files' ? fromFiles(tls) : await selfSigned(settings)
}

async function selfSigned({ data, host, publicHost, publicUrl }: Settings): Promise<Certificate> {
  try {
    // Loaded on demand: the certificate library takes more than 10 MB of memory.
    const { selfSignedCertificate } = await import('../http/tls/self-signed.ts')
    const hosts = [host, publicHost, ...(publicUrl ? [new URL(publicUrl).hostname] : [])]
    return await selfSignedCertificate({ folder: data, hosts, now: realWorld.now(), random: realWorld.random })
  } catch (error) {
    throw new WrongUsage(`--tls self-signed: ${join(data, 'tls')} cannot be used (${codeOf(error)})`)
  }
}

function fromFiles({ cert, key }: Files): Certificate {
  const pair = { cert: readTextFile('--tls-cert', cert), key: readTextFile('--tls-key', key) }
  try {
    createSecureContext(pair)
    return pair
  } catch (error) {
    throw new WrongUsage(`--tls-cert, --tls-key: expected a PEM certificate and its private key (${codeOf(error)})`)
  }
}

const codeOf = (error: unknown) => (error as { code?: string }).code ?? 'unknown error'

export interface WatchOptions {
  readonly settings: Settings
  readonly current: Certificate | null
  readonly logger: Logger
  use(certificate: Certificate): void
}

const fileMilliseconds = 2_000
/** A self-signed certificate is renewed weeks before it expires. */
const selfSignedMilliseconds = 3_600_000

export interface CertificateWatch {
  /** Checks immediately, even if the files seem unchanged. */
  check(): Promise<void>
  stop(): void
}

/**
 * Polls the files: systems that mount secrets replace a symbolic link in a parent directory, which file watchers do not
 * notice. If certificate and key do not match, perhaps because only one has been replaced so far, it logs an error once and
 * keeps the current certificate.
 */
export function watchCertificate({ settings, current, logger, use }: WatchOptions): CertificateWatch {
  const { tls } = settings
  let used = current
  let lastMarks = tls?.kind === 'files' ? marksOf(tls) : ''
  const reloadIfReplaced = async () => {
    if (!used) return
    try {
      const found = await certificate(settings)
      if (!found || (found.cert === used.cert && found.key === used.key)) return
      use(found)
      used = found
      logger.warn(found.caFile ? { caFile: found.caFile } : {}, 'the certificate was replaced')
    } catch (error) {
      logger.error(
        { err: (error as Error).message },
        'the new certificate could not be loaded; the current one stays in use',
      )
    }
  }
  const checkIfChanged = () => {
    if (tls?.kind === 'self-signed') return reloadIfReplaced()
    const marks = tls ? marksOf(tls) : ''
    if (marks === lastMarks) return
    lastMarks = marks
    return reloadIfReplaced()
  }
  const timer = setInterval(
    () => void checkIfChanged(),
    tls?.kind === 'self-signed' ? selfSignedMilliseconds : fileMilliseconds,
  )
  timer.unref()
  return { check: reloadIfReplaced, stop: () => clearInterval(timer) }
}

/** Changes when a file is written or replaced. */
const marksOf = ({ cert, key }: Files): string => [cert, key].map(markOf).join()

function markOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  return found ? `${found.dev}-${found.ino}-${found.size}-${found.mtimeMs}` : ''
}

/** The certificate a server starts with: files of the operator, or one of its own. */
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { type Settings, WrongUsage } from './config.ts'
import { readTextFile } from './settings/read-file.ts'
import { realWorld } from './world.ts'

export async function certificate({
  tls,
  data,
  host,
}: Settings): Promise<{ cert: string; key: string; caFile?: string } | null> {
  if (!tls) return null
  const why = (error: unknown) => (error as { code?: string }).code ?? 'unknown error'
  try {
    if (tls.kind === 'self-signed') {
      // Loaded where it is needed: what makes certificates takes more than 10 MB.
      const { selfSignedCertificate } = await import('./http/self-signed.ts')
      const { random } = realWorld
      return await selfSignedCertificate({ folder: data, hosts: [host], now: realWorld.now(), random })
    }
  } catch (error) {
    throw new WrongUsage(`--tls self-signed: ${join(data, 'tls')} cannot be used (${why(error)})`)
  }
  const pair = { cert: readTextFile('--tls-cert', tls.cert), key: readTextFile('--tls-key', tls.key) }
  try {
    createSecureContext(pair)
    return pair
  } catch (error) {
    throw new WrongUsage(`--tls-cert, --tls-key: these are no certificate and its key, as PEM (${why(error)})`)
  }
}

/** Checks the files that the settings refer to, without changing them. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readMasterKeys, type Settings } from './config.ts'

export interface Check {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'failed'
  readonly detail: string
}

/** A server refuses to create anything below this; see docs/limits.md. */
const leastFreeBytes = 64 * 1_048_576
const lowFreeBytes = 1_024 * 1_048_576

export function diagnose(settings: Settings): Check[] {
  const { warnings } = settings
  return [
    warnings.length > 0
      ? { name: 'Settings', status: 'warning', detail: warnings.join('; ') }
      : { name: 'Settings', status: 'ok', detail: 'valid' },
    checkDatabaseFile(settings),
    checkMasterKey(settings),
    checkDisk(settings),
  ]
}

function checkDatabaseFile({ data, database }: Settings): Check {
  const name = 'Database'
  const file = join(data, 'mintmark.db')
  if (database) return { name, status: 'ok', detail: 'PostgreSQL, see the server below' }
  if (!existsSync(file)) return { name, status: 'failed', detail: `${file} does not exist: run mintmark init` }
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
    return { name, status: 'ok', detail: file }
  } catch (error) {
    return { name, status: 'failed', detail: `${file} cannot be used (${codeOf(error)})` }
  }
}

function checkMasterKey(settings: Settings): Check {
  const name = 'Master key'
  const path = join(settings.data, 'master.key')
  // A server removes the permissions at its next start.
  const mode = settings.masterKey === null && existsSync(path) ? statSync(path).mode & 0o777 : 0o600
  if ((mode & 0o077) !== 0)
    return {
      name,
      status: 'failed',
      detail: `${path} can be read by others (mode ${mode.toString(8)}): chmod 600 ${path}`,
    }
  try {
    readMasterKeys(settings)
    return { name, status: 'ok', detail: settings.masterKey === null ? `${path}, mode 600` : 'MINTMARK_MASTER_KEY' }
  } catch (error) {
    return { name, status: 'failed', detail: (error as Error).message }
  }
}

function checkDisk({ data, database }: Settings): Check {
  const name = 'Disk space'
  try {
    const { bavail, bsize } = statfsSync(data)
    const free = bavail * bsize
    const detail = `${Math.floor(free / 1_048_576)} MiB free in ${data}`
    if (free >= lowFreeBytes || database) return { name, status: 'ok', detail }
    return { name, status: free < leastFreeBytes ? 'failed' : 'warning', detail }
  } catch (error) {
    return { name, status: database ? 'ok' : 'failed', detail: `${data} cannot be read (${codeOf(error)})` }
  }
}

const codeOf = (error: unknown) => (error as { code?: string }).code ?? 'unknown error'

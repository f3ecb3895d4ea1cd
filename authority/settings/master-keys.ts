/** The master keys of an installation. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../context.ts'
import type { MasterKeys } from '../vault/vault.ts'
import { WrongUsage } from './wrong-usage.ts'

export interface KeySettings {
  readonly data: string
  readonly masterKey: string | null
}

const keyFile = 'master.key'

/**
 * The master keys: from `MINTMARK_MASTER_KEY`, `generation:base64` separated by commas (or one plain base64 of
 * generation 1), else from a 0600 file in the data folder, made on first use.
 */
export function readMasterKeys(settings: KeySettings, world: World): MasterKeys {
  const text = settings.masterKey ?? readKeyFile(settings, world)
  const keys = new Map<number, Uint8Array>()
  for (const part of text.split(',')) {
    const match = /^\s*(?:(\d{1,6}):)?([A-Za-z0-9+/_=-]+)\s*$/.exec(part)
    const key = Buffer.from(match?.[2] ?? '', 'base64')
    if (key.length !== 32)
      throw new WrongUsage('MINTMARK_MASTER_KEY: expected 32 bytes as base64, or generation:base64 separated by commas')
    keys.set(Number(match?.[1] ?? 1), key)
  }
  return keys
}

function readKeyFile({ data }: KeySettings, world: World): string {
  const path = join(data, keyFile)
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 })
    if (!existsSync(path))
      writeFileSync(path, `1:${Buffer.from(world.random(32)).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(path, 0o600)
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new WrongUsage(`--data: ${path} cannot be used (${(error as { code?: string }).code ?? 'unknown error'})`)
  }
}

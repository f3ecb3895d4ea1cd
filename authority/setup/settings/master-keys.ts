/**
 * The master keys of an installation: from `MINTMARK_MASTER_KEY`, as comma-separated `generation:base64` (or one base64 value,
 * which is generation 1), or else from a file with mode 0600 in the data directory.
 */
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../../context.ts'
import type { MasterKeys } from '../../vault/vault.ts'
import { readTextFile } from './read-file.ts'
import { WrongUsage } from './wrong-usage.ts'

export interface KeySettings {
  readonly data: string
  readonly masterKey: string | null
}

const pathOf = ({ data }: KeySettings) => join(data, 'master.key')

/** Returns the keys for an empty store and creates them if they are missing. */
export function makeMasterKeys(settings: KeySettings, world: World): MasterKeys {
  if (settings.masterKey === null) createKeyFile(settings, world)
  return readMasterKeys(settings)
}

/** Returns the keys of an existing store. Never creates one, because a new key cannot decrypt stored data. Throws `WrongUsage`. */
export function readMasterKeys(settings: KeySettings): MasterKeys {
  const path = pathOf(settings)
  if (settings.masterKey !== null) return parseKeys('MINTMARK_MASTER_KEY', settings.masterKey)
  if (!existsSync(path))
    throw new WrongUsage(
      `--data: ${path} is missing, but the database is encrypted with it; restore it from a backup or set MINTMARK_MASTER_KEY`,
    )
  withUsablePath(path, () => chmodSync(path, 0o600))
  return parseKeys(path, readTextFile('--data', path))
}

function parseKeys(source: string, text: string): MasterKeys {
  const keys = new Map<number, Uint8Array>()
  for (const part of text.split(',')) {
    const match = /^\s*(?:(\d{1,6}):)?([A-Za-z0-9+/_=-]+)\s*$/.exec(part)
    const key = Buffer.from(match?.[2] ?? '', 'base64')
    if (key.length !== 32)
      throw new WrongUsage(
        `${source}: expected a key of 32 bytes in base64, or comma-separated generation:base64 pairs`,
      )
    keys.set(Number(match?.[1] ?? 1), key)
  }
  return keys
}

/** The key is flushed to disk before anything is encrypted with it. */
function createKeyFile(settings: KeySettings, world: World): void {
  const path = pathOf(settings)
  if (existsSync(path)) return
  withUsablePath(path, () => {
    mkdirSync(settings.data, { recursive: true, mode: 0o700 })
    const text = `1:${Buffer.from(world.random(32)).toString('base64')}\n`
    writeFileSync(path, text, { mode: 0o600, flag: 'wx', flush: true })
    const folder = openSync(settings.data, 'r')
    fsyncSync(folder)
    closeSync(folder)
  })
}

function withUsablePath(path: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw new WrongUsage(`--data: ${path} cannot be used (${(error as { code?: string }).code ?? 'unknown error'})`)
  }
}

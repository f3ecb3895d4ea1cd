/**
 * A store with many tokens, written directly to the database, because a million requests would take longer than the
 * measurement.
 */
import { hash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { prepare, readSettings, type Settings } from '@mintmark/authority'
import { type MintMark, mintMark, mintToken, randomBytesOfToken } from '@mintmark/token'
import { openDatabase } from '../authority/database/database.ts'
import { newId } from '../authority/ids.ts'
import { readMasterKeys } from '../authority/setup/config.ts'
import { findInstallation } from '../authority/setup/installation-store.ts'
import { loadSigningKeys, type SigningKeys } from '../authority/vault/signing-keys.ts'
import { openVault } from '../authority/vault/vault.ts'
import { realWorld } from '../authority/world.ts'

export interface Store {
  readonly settings: Settings
  readonly file: string
  /** The owner's token. */
  readonly token: string
  readonly mark: MintMark
  readonly keys: SigningKeys
  /** IDs of service accounts. */
  readonly withAll: string
  readonly withFew: string
  /** Returns tokens spread evenly over all stored ones. */
  readonly known: readonly string[]
}

const knownMax = 50_000
const fewMax = 1_000

/** Returns an empty store, initialized as by `mintmark init`. */
export async function prepareStore(folder: string, database?: string): Promise<{ settings: Settings; token: string }> {
  const settings = readSettings({ data: folder, host: '127.0.0.1', port: '0', drain: '0', database }, {})
  const { token } = await prepare(settings, { expiresIn: null })
  return { settings, token: token.open() }
}

/** Inserts this number of active tokens for one service account, and up to a thousand for another. */
export async function fillStore(folder: string, tokens: number): Promise<Store> {
  const { settings, token } = await prepareStore(folder)
  const file = join(folder, 'mintmark.db')
  const { mark, keys } = await openStore(settings, file)
  const withAll = newId(realWorld, 'sa')
  const withFew = newId(realWorld, 'sa')
  const known: string[] = []
  using database = new DatabaseSync(file)
  // A benchmark's store may be lost, and sorting a million rows by hash needs a large cache.
  database.exec('pragma synchronous = off; pragma cache_size = -600000; begin')
  const insert = tokenInsert(database, withAll, withFew)
  const every = Math.max(1, Math.floor(tokens / knownMax))
  for (let i = 0; i < tokens; i++) {
    const id = newId(realWorld, 'at')
    if (i % every > 0) {
      insert(id, randomBytes(32), withAll, tokens - i)
      continue
    }
    const text = newToken(mark, keys, id)
    known.push(text)
    insert(id, hash('sha256', text, 'buffer'), withAll, tokens - i)
  }
  for (let i = Math.min(fewMax, tokens); i > 0; i--) insert(newId(realWorld, 'at'), randomBytes(32), withFew, i)
  database.exec('commit; pragma wal_checkpoint(truncate)')
  return { settings, file, token, mark, keys, withAll, withFew, known: known.toSorted() }
}

export function newToken(mark: MintMark, keys: SigningKeys, id: string): string {
  const random = realWorld.random(randomBytesOfToken)
  // Copied through a buffer, because the engine would otherwise flatten the concatenated string during the measurement.
  return Buffer.from(mintToken({ mark, id, ...keys.current(), random }).open()).toString('latin1')
}

async function openStore(settings: Settings, file: string): Promise<{ mark: MintMark; keys: SigningKeys }> {
  const database = await openDatabase({ file })
  try {
    const keys = await loadSigningKeys(database.read, openVault(realWorld, readMasterKeys(settings)))
    return { mark: mintMark((await findInstallation(database.read))?.mintMark ?? ''), keys }
  } finally {
    await database.close()
  }
}

function tokenInsert(database: DatabaseSync, ...owners: readonly string[]) {
  const { id: account } = database.prepare('select id from accounts').get() as { id: string }
  const startedAt = Date.now()
  const at = (secondsAgo: number) => new Date(startedAt - secondsAgo * 1000).toISOString()
  for (const id of owners) {
    database
      .prepare(
        'insert into service_accounts (id, account_id, name, email, status, created_at) values (?, ?, ?, ?, ?, ?)',
      )
      .run(id, account, id, `${id}@mintmark.internal`, 'Active', at(0))
  }
  const statement = database.prepare(
    `insert into access_tokens (id, hash, generation, last_characters, owner_kind, owner_id, account_id, name, created_at, expires_at, family)
     values (?, ?, 1, ?, 'service-account', ?, ?, ?, ?, ?, ?)`,
  )
  return (id: string, hash: Uint8Array, owner: string, secondsAgo: number) =>
    statement.run(id, hash, id.slice(-6), owner, account, `job ${id}`, at(secondsAgo), at(secondsAgo - 31_536_000), id)
}

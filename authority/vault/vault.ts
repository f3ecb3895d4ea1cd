/**
 * Encrypts stored secrets with AES-256-GCM under a data key per account, which the master key wraps. The location (table, row,
 * column) is associated data, so a ciphertext that is moved elsewhere cannot be decrypted.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { Vault, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { newId } from '../ids.ts'
import { findDataKey, findDataKeyPerGeneration, insertDataKey } from './data-key-store.ts'

/** Master keys by generation; the highest one wraps new data keys. Each is 32 bytes. */
export type MasterKeys = ReadonlyMap<number, Uint8Array>

const algorithm = 'aes-256-gcm'
const version = 1
const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32

/** The stored value cannot be decrypted: the master key is wrong, or the row was moved or altered. */
export class DecryptionFailed extends Error {
  override name = 'DecryptionFailed'
}

export function openVault(world: World, masterKeys: MasterKeys): Vault {
  const newest = Math.max(...masterKeys.keys())
  const unwrapped = new Map<string, Uint8Array>()

  // Only the unwrapped key is cached. The row is read each time, because the transaction that inserted it may have been
  // rolled back, and a value encrypted under a key that is not stored is lost.
  const dataKey = async (db: Db, accountId: string | null): Promise<Uint8Array> => {
    const row = await findDataKey(db, accountId)
    if (!row) return newDataKey(db, accountId)
    const known = unwrapped.get(row.id)
    if (known) return known
    const master = masterKeys.get(row.masterGeneration)
    if (!master) throw new DecryptionFailed(`Master key generation ${row.masterGeneration} is missing.`)
    const key = openWith(master, `data_keys/${row.id}`, row.wrapped)
    unwrapped.set(row.id, key)
    return key
  }

  const newDataKey = async (db: Db, accountId: string | null): Promise<Uint8Array> => {
    const id = newId(world, 'dk')
    const key = world.random(keyBytes)
    const wrapped = sealWith(world, masterKeys.get(newest) as Uint8Array, `data_keys/${id}`, key)
    await insertDataKey(db, { id, accountId, wrapped, masterGeneration: newest, createdAt: world.now().toISOString() })
    return key
  }

  return {
    seal: async (db, accountId, location, text) => sealWith(world, await dataKey(db, accountId), location, text),
    open: async (db, accountId, location, sealed) => openWith(await dataKey(db, accountId), location, sealed),
    deriveKeys: (purpose) => {
      const derive = (master: Uint8Array) =>
        new Uint8Array(hkdfSync('sha256', master, '', `mintmark ${purpose}`, keyBytes))
      const older = [...masterKeys.keys()].filter((generation) => generation !== newest).toSorted((a, b) => b - a)
      return [
        derive(masterKeys.get(newest) as Uint8Array),
        ...older.map((generation) => derive(masterKeys.get(generation) as Uint8Array)),
      ]
    },
  }
}

/** Throws `DecryptionFailed` if a master key generation in use is missing or differs. */
export async function checkMasterKeys(db: Db, masterKeys: MasterKeys): Promise<void> {
  for (const { id, wrapped, masterGeneration } of await findDataKeyPerGeneration(db)) {
    const master = masterKeys.get(masterGeneration)
    if (!master) throw new DecryptionFailed(`Master key generation ${masterGeneration} is missing.`)
    openWith(master, `data_keys/${id}`, wrapped)
  }
}

function sealWith(world: World, key: Uint8Array, location: string, text: string | Uint8Array): Uint8Array {
  const nonce = world.random(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(location))
  const sealed = Buffer.concat([cipher.update(Buffer.from(text as string)), cipher.final()])
  return Buffer.concat([Uint8Array.of(version), nonce, cipher.getAuthTag(), sealed])
}

function openWith(key: Uint8Array, location: string, sealed: Uint8Array): Buffer {
  try {
    const bytes = Buffer.from(sealed)
    const nonce = bytes.subarray(1, 1 + nonceBytes)
    const tag = bytes.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes)
    const decipher = createDecipheriv(algorithm, key, nonce).setAAD(Buffer.from(location)).setAuthTag(tag)
    if (bytes[0] !== version) throw new Error('unknown version')
    return Buffer.concat([decipher.update(bytes.subarray(1 + nonceBytes + tagBytes)), decipher.final()])
  } catch (cause) {
    throw new DecryptionFailed(`The master key does not decrypt ${location}.`, { cause })
  }
}

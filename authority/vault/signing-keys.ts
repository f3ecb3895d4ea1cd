/** The keys that sign tokens, by generation. Encrypted at rest and decrypted when the server starts. */
import type { Vault, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { insertSigningKey, listSigningKeys } from './signing-key-store.ts'

export interface SigningKeys {
  current(): { generation: number; key: Uint8Array }
  find(generation: number): Uint8Array | undefined
}

/** Throws `DecryptionFailed` if the keys were encrypted under another master key. */
export async function loadSigningKeys(db: Db, vault: Vault): Promise<SigningKeys> {
  const keys = new Map<number, Uint8Array>()
  for (const { generation, sealed } of await listSigningKeys(db)) {
    keys.set(generation, await vault.open(db, null, locationOf(generation), sealed))
  }
  const newest = Math.max(0, ...keys.keys())
  return {
    current: () => ({ generation: newest, key: keys.get(newest) as Uint8Array }),
    find: (generation) => keys.get(generation),
  }
}

export async function newSigningKey(db: Db, vault: Vault, world: World, generation: number): Promise<void> {
  const sealed = await vault.seal(db, null, locationOf(generation), world.random(32))
  await insertSigningKey(db, { generation, sealed, createdAt: world.now().toISOString() })
}

const locationOf = (generation: number) => `signing_keys/${generation}/sealed`

/** The keys that sign tokens, by generation. Sealed at rest; opened once when the program starts. */
import type { Vault, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { insertSigningKey, listSigningKeys } from './signing-key-store.ts'

export interface SigningKeys {
  current(): { generation: number; key: Uint8Array }
  find(generation: number): Uint8Array | undefined
}

/** Throws `SealBroken` when the master key is another one than the keys were sealed with. */
export async function loadSigningKeys(db: Db, vault: Vault): Promise<SigningKeys> {
  const keys = new Map<number, Uint8Array>()
  for (const { generation, sealed } of await listSigningKeys(db)) {
    keys.set(generation, await vault.open(db, null, placeOf(generation), sealed))
  }
  const newest = Math.max(0, ...keys.keys())
  return {
    current: () => ({ generation: newest, key: keys.get(newest) as Uint8Array }),
    find: (generation) => keys.get(generation),
  }
}

export async function newSigningKey(db: Db, vault: Vault, world: World, generation: number): Promise<void> {
  const sealed = await vault.seal(db, null, placeOf(generation), world.random(32))
  await insertSigningKey(db, { generation, sealed, createdAt: world.now().toISOString() })
}

const placeOf = (generation: number) => `signing_keys/${generation}/sealed`

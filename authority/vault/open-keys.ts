/** The keys of a running server: the vault under its master keys, and the signing keys in it. Both can be read anew. */
import type { Vault, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { loadSigningKeys, type SigningKeys } from './signing-keys.ts'
import { checkMasterKeys, type MasterKeys, openVault } from './vault.ts'

export interface Keys {
  readonly vault: Vault
  readonly signingKeys: SigningKeys
  /** Takes other master keys and reads the signing keys anew. Rejects, and changes nothing, when they do not fit the store. */
  reload(masterKeys: MasterKeys): Promise<void>
}

export async function openKeys(db: Db, world: World, masterKeys: MasterKeys): Promise<Keys> {
  const open = async (keys: MasterKeys) => {
    await checkMasterKeys(db, keys)
    const vault = openVault(world, keys)
    return { vault, signingKeys: await loadSigningKeys(db, vault) }
  }
  let current = await open(masterKeys)
  return {
    vault: {
      seal: (...given) => current.vault.seal(...given),
      open: (...given) => current.vault.open(...given),
      deriveKeys: (purpose) => current.vault.deriveKeys(purpose),
    },
    signingKeys: {
      current: () => current.signingKeys.current(),
      find: (generation) => current.signingKeys.find(generation),
    },
    reload: async (keys) => {
      current = await open(keys)
    },
  }
}

/** The keys of a running server: the vault and the signing keys. Both can be reloaded. */
import type { Vault, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { loadSigningKeys, type SigningKeys } from './signing-keys.ts'
import { checkMasterKeys, type MasterKeys, openVault } from './vault.ts'

export interface Keys {
  readonly vault: Vault
  readonly signingKeys: SigningKeys
  /** Replaces the master keys and reloads the signing keys. Rejects without a change if they do not open the stored keys. */
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
      seal: (...args) => current.vault.seal(...args),
      open: (...args) => current.vault.open(...args),
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

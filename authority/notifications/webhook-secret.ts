/** Signing secrets of webhooks (Standard Webhooks 1.0.0): shown once, encrypted at rest, decrypted only to sign. */
import { Secret } from '@mintmark/token'
import type { Vault, World } from '../context.ts'
import type { Db } from '../database/database.ts'

const keyBytes = 32
/** Several rotations within one overlap, such as after a lost response, must not invalidate the receiver's secret. */
const oldKeysMax = 3

interface SecretLocation {
  readonly db: Db
  readonly vault: Vault
  readonly accountId: string
  readonly id: string
}

interface Sealed {
  readonly sealed: Uint8Array
  readonly sealedBefore: Uint8Array | null
  readonly beforeUntil: string | null
}

export async function newSecret(
  world: World,
  location: SecretLocation,
): Promise<{ secret: Secret; sealed: Uint8Array }> {
  const key = world.random(keyBytes)
  const sealed = await location.vault.seal(location.db, location.accountId, locationOf(location.id), key)
  const secret = new Secret(Buffer.from(`whsec_${Buffer.from(key).toString('base64')}`))
  key.fill(0)
  return { secret, sealed }
}

/** Returns the keys to sign with, newest first. The caller must zero them. */
export async function openKeys(
  { db, vault, accountId, id }: SecretLocation,
  stored: Sealed,
  now: Date,
): Promise<Buffer[]> {
  const keys = [await vault.open(db, accountId, locationOf(id), stored.sealed)]
  if (!stored.sealedBefore || (stored.beforeUntil ?? '') <= now.toISOString()) return keys
  const before = await vault.open(db, accountId, locationOfPrevious(id), stored.sealedBefore)
  for (let start = 0; start < before.length; start += keyBytes) keys.push(before.subarray(start, start + keyBytes))
  return keys
}

/** Encrypts the previous keys, which sign together with the new one during the overlap. */
export async function sealBefore(location: SecretLocation, stored: Sealed, now: Date): Promise<Uint8Array> {
  const keys = await openKeys(location, stored, now)
  const joined = Buffer.concat(keys.slice(0, oldKeysMax))
  const sealed = await location.vault.seal(location.db, location.accountId, locationOfPrevious(location.id), joined)
  for (const key of [...keys, joined]) key.fill(0)
  return sealed
}

// Associated data of what was sealed before the table was renamed: the name must stay.
const locationOf = (id: string) => `notice_webhooks/${id}/sealed`
const locationOfPrevious = (id: string) => `notice_webhooks/${id}/sealed_before`

/** What webhooks are signed with (Standard Webhooks 1.0.0): shown once, sealed at rest, opened only to sign. */
import { Secret } from '@mintmark/token'
import type { Vault, World } from '../context.ts'
import type { Db } from '../database/database.ts'

const keyBytes = 32
/** Several rotations in one overlap, as when an answer was lost, leave no receiver behind. */
const oldKeysMax = 3

interface Place {
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

export async function newSecret(world: World, place: Place): Promise<{ secret: Secret; sealed: Uint8Array }> {
  const key = world.random(keyBytes)
  const sealed = await place.vault.seal(place.db, place.accountId, placeOf(place.id), key)
  const secret = new Secret(Buffer.from(`whsec_${Buffer.from(key).toString('base64')}`))
  key.fill(0)
  return { secret, sealed }
}

/** The keys to sign with now, newest first. Whoever asks wipes them. */
export async function openKeys({ db, vault, accountId, id }: Place, stored: Sealed, now: Date): Promise<Buffer[]> {
  const keys = [await vault.open(db, accountId, placeOf(id), stored.sealed)]
  if (!stored.sealedBefore || (stored.beforeUntil ?? '') <= now.toISOString()) return keys
  const before = await vault.open(db, accountId, placeBefore(id), stored.sealedBefore)
  for (let start = 0; start < before.length; start += keyBytes) keys.push(before.subarray(start, start + keyBytes))
  return keys
}

/** Seals the keys that were in use until now, to sign beside their successor. */
export async function sealBefore(place: Place, stored: Sealed, now: Date): Promise<Uint8Array> {
  const keys = await openKeys(place, stored, now)
  const joined = Buffer.concat(keys.slice(0, oldKeysMax))
  const sealed = await place.vault.seal(place.db, place.accountId, placeBefore(place.id), joined)
  for (const key of [...keys, joined]) key.fill(0)
  return sealed
}

// Associated data of what was sealed before the table was renamed: the name must stay.
const placeOf = (id: string) => `notice_webhooks/${id}/sealed`
const placeBefore = (id: string) => `notice_webhooks/${id}/sealed_before`

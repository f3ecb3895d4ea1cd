/**
 * The cookie by which the server recognizes a browser in which a person signed in before, so that failed attempts from it
 * are counted apart from those of unknown browsers. The cookie grants no access. It is valid for one person and their current
 * password.
 *
 * Format: 16 random bytes, 8 bytes expiry, 32 bytes HMAC, in base64url. The HMAC keys are derived from the master keys, not
 * from the signing key: a copy of the signing key must not be enough to forge the cookie. The newest master key signs, and
 * all configured ones verify, so a rotation keeps the cookies valid.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Vault, World } from '../context.ts'
import type { Person } from '../identity/users/person.ts'

export const knownBrowserDays = 180

const idBytes = 16
const headBytes = idBytes + 8
const macBytes = 32

interface Keys {
  readonly world: World
  readonly vault: Pick<Vault, 'deriveKeys'>
}

type CookieOwner = Pick<Person, 'id' | 'passwordChangedAt'>

export function createKnownBrowserCookie({ world, vault }: Keys, person: CookieOwner): string {
  const expiry = Buffer.alloc(8)
  expiry.writeBigUInt64BE(BigInt(world.now().getTime() + knownBrowserDays * 86_400_000))
  const head = Buffer.concat([world.random(idBytes), expiry])
  const [newestKey] = vault.deriveKeys('known browser')
  return Buffer.concat([head, macOf(newestKey, person, head)]).toString('base64url')
}

/** Returns the ID of the browser; undefined if the cookie is forged, expired, of another person or of an earlier password. */
export function verifyKnownBrowserCookie(
  { world, vault }: Keys,
  person: CookieOwner,
  cookie: string,
): string | undefined {
  const bytes = Buffer.from(cookie, 'base64url')
  if (bytes.length !== headBytes + macBytes) return undefined
  const [head, mac] = [bytes.subarray(0, headBytes), bytes.subarray(headBytes)]
  const isGenuine = vault.deriveKeys('known browser').some((key) => timingSafeEqual(mac, macOf(key, person, head)))
  if (!isGenuine || Number(head.readBigUInt64BE(idBytes)) <= world.now().getTime()) return undefined
  return head.subarray(0, idBytes).toString('base64url')
}

function macOf(key: Uint8Array, { id, passwordChangedAt }: CookieOwner, head: Uint8Array): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([id, passwordChangedAt]))
    .update(head)
    .digest()
}

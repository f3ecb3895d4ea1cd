/**
 * Tells a browser in which a person signed in before from a stranger's. The cookie gives no access: attempts that come with it
 * are counted apart. It is signed for one person and one password, so it is worth nothing for anybody else, nor after the
 * password was changed. 16 random bytes, 8 of time, 32 of HMAC.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { World } from '../context.ts'
import type { Person } from '../identity/users/person.ts'

export const knownBrowserDays = 180

const idBytes = 16
const headBytes = idBytes + 8
const macBytes = 32

type Known = Pick<Person, 'id' | 'passwordChangedAt'>

export function newKnownBrowser(world: World, signingKey: Uint8Array, person: Known): string {
  const until = Buffer.alloc(8)
  until.writeBigUInt64BE(BigInt(world.now().getTime() + knownBrowserDays * 86_400_000))
  const head = Buffer.concat([world.random(idBytes), until])
  return Buffer.concat([head, macOf(signingKey, person, head)]).toString('base64url')
}

/** The id of the browser; undefined when the text was not made for this person, or long ago. */
export function readKnownBrowser(
  world: World,
  signingKey: Uint8Array,
  person: Known,
  text: string,
): string | undefined {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== headBytes + macBytes) return undefined
  const head = bytes.subarray(0, headBytes)
  if (!timingSafeEqual(bytes.subarray(headBytes), macOf(signingKey, person, head))) return undefined
  if (Number(head.readBigUInt64BE(idBytes)) <= world.now().getTime()) return undefined
  return `${person.id} ${head.subarray(0, idBytes).toString('base64url')}`
}

function macOf(signingKey: Uint8Array, { id, passwordChangedAt }: Known, head: Uint8Array): Buffer {
  const key = Buffer.from(hkdfSync('sha256', signingKey, '', 'mintmark known browser', 32))
  return createHmac('sha256', key)
    .update(JSON.stringify([id, passwordChangedAt]))
    .update(head)
    .digest()
}

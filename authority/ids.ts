import type { World } from './context.ts'

const alphabet = '0123456789abcdefghijklmnopqrstuv'
const randomCharacters = 14

/** `<prefix>-v0o…`: 17 characters of base32hex with 70 random bits, as in Scalr's API. */
export function newId(world: World, prefix: string): string {
  let text = ''
  for (const byte of world.random(randomCharacters)) text += alphabet[byte & 31]
  return `${prefix}-v0o${text}`
}

/** A UUID version 4 (RFC 9562), for the one resource that has UUIDs as IDs. */
export function newUuid(world: World): string {
  const bytes = Buffer.from(world.random(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import type { World } from '../context.ts'

const derive = promisify(scrypt) as (password: string, salt: Uint8Array, length: number) => Promise<Buffer>

/** scrypt (RFC 7914) with a salt of its own: `scrypt$<salt>$<hash>`, base64url. */
export async function hashPassword(world: World, password: string): Promise<string> {
  const salt = Buffer.from(world.random(16))
  const hash = await derive(password, salt, 32)
  return `scrypt$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

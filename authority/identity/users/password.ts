import { argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Context } from '../../context.ts'
import { outsideTransaction } from '../../database/slow-work.ts'
import { boundedQueue } from './bounded-queue.ts'

const derive = promisify(argon2)

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const
const phcPrefix = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$`

/** Hashes with argon2id (RFC 9106) and a random salt, in the PHC string format. Runs outside the context's transaction, if any. */
export function hashPassword(context: Pick<Context, 'world' | 'slowResults'>, password: string): Promise<string> {
  return outsideTransaction(context, `hash ${password}`, async () => {
    const salt = Buffer.from(context.world.random(16))
    return `${phcPrefix}${unpaddedBase64(salt)}$${unpaddedBase64(await deriveTag(password, salt))}`
  })
}

/** Takes the same time if there is no stored password, so that timing does not reveal who has one. */
export async function isPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  const [salt, tag] = stored?.startsWith(phcPrefix) ? stored.slice(phcPrefix.length).split('$') : []
  const found = await deriveTag(password, Buffer.from(salt ?? dummySalt, 'base64'))
  const wanted = Buffer.from(tag ?? '', 'base64')
  return wanted.length === found.length && timingSafeEqual(wanted, found)
}

const dummySalt = Buffer.alloc(16).toString('base64')

/** Each hash takes 19 MiB and one of the few libuv threads, which also serve files and DNS. */
const hashingQueue = boundedQueue({ atOnce: 2, waitingMax: 64 })

const deriveTag = (password: string, nonce: Uint8Array): Promise<Buffer> =>
  hashingQueue(() => derive('argon2id', { message: password.normalize('NFC'), nonce, ...cost }))

const unpaddedBase64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

import { argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Context } from '../../context.ts'
import { outsideTransaction } from '../../database/slow-work.ts'
import { boundedQueue } from './bounded-queue.ts'

const derive = promisify(argon2)

/** As OWASP's password storage cheat sheet has it for argon2id: 19 MiB, two passes, one lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const
const form = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$`

/** argon2id (RFC 9106) with a salt of its own, in the PHC string format. Outside of the transaction of the context, if there is one. */
export function hashPassword(context: Pick<Context, 'world' | 'slowResults'>, password: string): Promise<string> {
  return outsideTransaction(context, `hash ${password}`, async () => {
    const salt = Buffer.from(context.world.random(16))
    return `${form}${plain(salt)}$${plain(await tagOf(password, salt))}`
  })
}

/** Takes as long when there is nothing to compare with, so that time does not tell who has a password. */
export async function isPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  const [salt, tag] = stored?.startsWith(form) ? stored.slice(form.length).split('$') : []
  const found = await tagOf(password, Buffer.from(salt ?? nothing, 'base64'))
  const wanted = Buffer.from(tag ?? '', 'base64')
  return wanted.length === found.length && timingSafeEqual(wanted, found)
}

const nothing = Buffer.alloc(16).toString('base64')

/** Each takes 19 MiB and one of the few threads that also read files and look up names. */
const inTurn = boundedQueue({ atOnce: 2, waitingMax: 64 })

const tagOf = (password: string, nonce: Uint8Array): Promise<Buffer> =>
  inTurn(() => derive('argon2id', { message: password.normalize('NFC'), nonce, ...cost }))

const plain = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

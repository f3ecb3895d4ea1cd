import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { Refused, Unreachable } from '@mintmark/client'
import { accessTokens, limits } from '@mintmark/contract'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { clientCommand, openClient } from '../client-command.ts'
import { minutes } from '../minutes.ts'
import { id } from '../named.ts'
import { Failed, WrongUsage } from '../report-error.ts'
import { type MintFlags, showMinted } from './minted.ts'

interface Flags extends MintFlags {
  readonly self?: boolean
  readonly overlap?: number
  readonly idempotencyKey?: string
}

export function addTokenRotate(parent: Command): void {
  clientCommand(parent, 'rotate', 'Mint the successor of a token; the old one works on for the overlap.')
    .argument('[id]', 'the id of the token', id)
    .option('--self', 'rotate the token this is called with')
    .option(
      '--overlap <time>',
      'how long the old token works on: minutes, or 90m, 12h, 30d; a day unless told',
      minutes(0, limits.rotationOverlapMinutesMax),
    )
    .option('--idempotency-key <key>', 'repeats the call of that key whose answer was lost', key)
    .addOption(new Option('--quiet', 'print the token alone').conflicts('json'))
    .action(rotate)
}

async function rotate(given: string | undefined, flags: Flags): Promise<void> {
  if ((given === undefined) !== (flags.self === true)) throw new WrongUsage('expected the id of a token, or --self')
  const accessToken = given ?? 'self'
  const client = await openClient(flags)
  const { overlap = limits.rotationOverlapMinutesDefault, idempotencyKey = newKey() } = flags
  const attempt = () =>
    client.call(accessTokens, 'rotate', { path: { accessToken }, wish: { overlap }, idempotencyKey })
  const minted = await attempt()
    .catch((error) => {
      if (isLost(error)) return attempt().catch(aboutLost(overlap))
      throw error
    })
    .catch((error) => {
      if (!isLost(error)) throw error
      throw new Failed(
        error.message,
        `Repeat the command with --idempotency-key ${idempotencyKey}: that brings the lost token back as a fresh one.`,
      )
    })
  const old = minted.predecessorId ?? accessToken
  const remark = overlap === 0 ? `${old}, which has ended` : `${old}, which works for at most ${overlap} more minutes`
  showMinted(minted, flags, remark)
}

/** It may have been done, and only the answer did not arrive. */
const isLost = (error: unknown): error is Unreachable =>
  error instanceof Unreachable && (error.reason === 'lost' || error.reason === 'timeout')

/** Without overlap the old token ended in the call whose answer was lost, and cannot ask again. */
const aboutLost = (overlap: number) => (error: unknown) => {
  if (overlap === 0 && error instanceof Refused && error.status === 401)
    throw new Failed(
      'the answer with the new token was lost, and the old token has ended',
      'Mint a new one with another token: mintmark token mint. An overlap of a few minutes keeps this from happening.',
    )
  throw error
}

function key(text: string): string {
  if (!/^[\x21-\x7e]{1,255}$/.test(text)) throw new InvalidArgumentError('Expected up to 255 printable characters.')
  return text
}

/** Names this call among all that rotate the same token. It need not be secret, only its own. */
function newKey(): string {
  const call = [hostname(), process.pid, performance.timeOrigin, performance.now()].join(' ')
  return createHash('sha256').update(call).digest('hex').slice(0, 32)
}

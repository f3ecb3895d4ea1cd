import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { Refused, Unreachable } from '@mintmark/client'
import { accessTokens, limits } from '@mintmark/contract'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { id } from '../arguments/find-by-name.ts'
import { duration, minutes } from '../arguments/minutes.ts'
import { clientCommand, openClient } from '../client-command.ts'
import { Failed, WrongUsage } from '../report-error.ts'
import { type MintFlags, showMinted } from './show-minted.ts'

interface Flags extends MintFlags {
  readonly self?: boolean
  readonly overlap?: number
  readonly idempotencyKey?: string
}

export function addTokenRotate(parent: Command): void {
  clientCommand(parent, 'rotate', 'Rotate a token. The old one stays valid for the overlap.')
    .argument('[id]', 'ID of the token', id)
    .option('--self', 'rotate the token that authenticates this command')
    .option(
      '--overlap <duration>',
      'how long the old token stays valid, such as 90m, 12h or 30d; in minutes without a unit (default: 1d)',
      minutes(0, limits.rotationOverlapMinutesMax),
    )
    .option('--idempotency-key <key>', 'retry a rotation whose response was lost', key)
    .addOption(new Option('--quiet', 'print only the token').conflicts('json'))
    .action(rotate)
}

async function rotate(tokenId: string | undefined, flags: Flags): Promise<void> {
  if ((tokenId === undefined) !== (flags.self === true)) throw new WrongUsage('expected either a token ID or --self')
  const accessToken = tokenId ?? 'self'
  const client = await openClient(flags)
  const { overlap = limits.rotationOverlapMinutesDefault, idempotencyKey = newKey() } = flags
  const attempt = () =>
    client.call(accessTokens, 'rotate', { path: { accessToken }, input: { overlap }, idempotencyKey })
  const minted = await attempt()
    .catch((error) => {
      if (isLost(error)) return attempt().catch(explainLostResponse(overlap))
      throw error
    })
    .catch((error) => {
      if (!isLost(error)) throw error
      throw new Failed(
        error.message,
        `Repeat the command with --idempotency-key ${idempotencyKey} to get a new token in place of the lost one.`,
      )
    })
  const old = minted.predecessorId ?? accessToken
  const replaced = overlap === 0 ? `${old} (revoked)` : `${old} (valid for up to ${duration(overlap)})`
  showMinted(minted, flags, replaced)
}

/** The server may have rotated the token although its response did not arrive. */
const isLost = (error: unknown): error is Unreachable =>
  error instanceof Unreachable && (error.reason === 'lost' || error.reason === 'timeout')

/** Without an overlap, the request whose response was lost revoked the old token, so it cannot authenticate a retry. */
const explainLostResponse = (overlap: number) => (error: unknown) => {
  if (overlap === 0 && error instanceof Refused && error.status === 401)
    throw new Failed(
      'the response with the new token was lost, and the old token is revoked',
      'Create a token with another valid token: mintmark token mint. To prevent this, use an --overlap of a few minutes.',
    )
  throw error
}

function key(text: string): string {
  if (!/^[\x21-\x7e]{1,255}$/.test(text))
    throw new InvalidArgumentError('Expected 1 to 255 printable ASCII characters without spaces.')
  return text
}

/** Unique per call. It need not be secret. */
function newKey(): string {
  const call = [hostname(), process.pid, performance.timeOrigin, performance.now()].join(' ')
  return createHash('sha256').update(call).digest('hex').slice(0, 32)
}

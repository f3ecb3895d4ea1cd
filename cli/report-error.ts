/** Everything that can go wrong, in words that say what to do next, and the exit code it gives. */
import type { Refused, Unreachable, UnreachableReason } from '@mintmark/client'
import type { RefusalCode } from '@mintmark/contract'
import { replaceCompactTokens } from '@mintmark/token'
import { CommanderError } from 'commander'
import { plain } from './print.ts'

/** The command was called in a way that cannot work: one line, exit 2. */
export class WrongUsage extends Error {
  override name = 'WrongUsage'
}

/** It could not be done: exit 1. `next` says what to do about it. */
export class Failed extends Error {
  override name = 'Failed'
  readonly next: string | undefined

  constructor(message: string, next?: string) {
    super(message)
    this.next = next
  }
}

// By their names, for what throws them is loaded only by the commands that need it.
const isRefused = (error: unknown): error is Refused => error instanceof Error && error.name === 'Refused'
const isUnreachable = (error: unknown): error is Unreachable => error instanceof Error && error.name === 'Unreachable'

/** Tells it on stderr and returns the exit code. */
export function reportError(error: unknown): 0 | 1 | 2 {
  // Help, the version and wrong usage have been printed by then.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof Error && error.name === 'WrongUsage') {
    say(message)
    return 2
  }
  say(isRefused(error) ? `refused: ${message} (${placeOf(error)})` : message)
  const next = nextStep(error)
  if (next) process.stderr.write(`Next: ${withoutTokens(plain(next))}\n`)
  return 1
}

/** Commander's own words for wrong usage, brought into our one line. */
export function reportWrongUsage(message: string): void {
  say(message.replace(/^error: /, '').trim())
}

function say(message: string): void {
  process.stderr.write(`mintmark: ${withoutTokens(plain(message))}\n`)
}

// A token that was typed in the wrong place would be repeated to the log of whatever ran the command.
const withoutTokens = (text: string) => replaceCompactTokens(text, '[secret]')

const placeOf = ({ code, pointer, status }: Refused) =>
  [code === 'unknown' ? `HTTP status ${status}` : code, ...(pointer ? [`at ${pointer}`] : [])].join(' ')

function nextStep(error: unknown): string | undefined {
  if (error instanceof Failed) return error.next
  if (isUnreachable(error)) return afterSilence[error.reason]
  if (!isRefused(error)) return undefined
  if (error.pointer === '/data/relationships/account') return 'Say which account: --account acc-…'
  if (error.retryAfterSeconds !== null) return `Try again in ${error.retryAfterSeconds} s.`
  if (error.code === 'internal-error')
    return `The log of the server says more under ${error.requestId ?? 'its request id'}.`
  return afterRefusal[error.code as RefusalCode | 'unknown']
}

const mintAnother = 'Mint a new one with a token that still works (mintmark token mint) and put it into MINTMARK_TOKEN.'
const askWho = 'mintmark whoami says whose token this is.'

const afterRefusal: Partial<Record<RefusalCode | 'unknown', string>> = {
  'invalid-token': 'See that MINTMARK_TOKEN holds all of the token, and that --host is the server that minted it.',
  'token-expired': mintAnother,
  'token-revoked': mintAnother,
  forbidden: `${askWho} Its owner needs an access policy with that permission.`,
  'grants-more-than-held': `${askWho} Nobody grants what they do not hold.`,
  'not-found': `It does not exist or this token may not see it. ${askWho}`,
  unknown: 'See that --host is a Mintmark server.',
}

const afterSilence: Record<UnreachableReason, string> = {
  'connection-refused': 'Is it running? Start one with mintmark serve, or name another with --host or MINTMARK_HOST.',
  'unknown-host': 'See that --host or MINTMARK_HOST is written correctly.',
  'untrusted-certificate':
    'Set SSL_CERT_FILE to its certificate authority; mintmark serve --tls self-signed prints that line.',
  'wrong-certificate': 'Use the host name that its certificate was made for.',
  'not-tls': 'If it serves plain http, write the address with http://.',
  redirect: 'Name the server itself with --host.',
  'no-such-api': 'See that --host is a Mintmark server.',
  timeout: 'See that it is well, then try again. What was asked may have been done all the same.',
  lost: 'Try again; what was asked may have been done all the same. If it serves https, write the address with https://.',
}

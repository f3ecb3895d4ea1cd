/** Prints errors with advice on what to do next, and maps them to exit codes. */
import type { Refused, Unreachable, UnreachableReason } from '@mintmark/client'
import type { RefusalCode } from '@mintmark/contract'
import { replaceCompactTokens } from '@mintmark/token'
import { CommanderError } from 'commander'
import { plain } from './output/print.ts'

/** Invalid arguments or configuration: exit code 2. */
export class WrongUsage extends Error {
  override name = 'WrongUsage'
}

/** The command failed: exit code 1. `next` advises what to do. */
export class Failed extends Error {
  override name = 'Failed'
  readonly next: string | undefined

  constructor(message: string, next?: string) {
    super(message)
    this.next = next
  }
}

// Checked by name, because only commands that call a server load the client.
const isRefused = (error: unknown): error is Refused => error instanceof Error && error.name === 'Refused'
const isUnreachable = (error: unknown): error is Unreachable => error instanceof Error && error.name === 'Unreachable'

/** Prints the error to stderr and returns the exit code. */
export function reportError(error: unknown): 0 | 1 | 2 {
  // Commander has already printed help, version or the usage error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof Error && error.name === 'WrongUsage') {
    printError(message)
    return 2
  }
  printError(isRefused(error) ? `refused: ${message} (${codeAndPointer(error)})` : message)
  const next = nextStep(error)
  if (next) process.stderr.write(`Next: ${withoutTokens(plain(next))}\n`)
  return 1
}

/** Prints commander's usage errors in our format. */
export function reportWrongUsage(message: string): void {
  printError(message.replace(/^error: /, '').trim())
}

function printError(message: string): void {
  process.stderr.write(`mintmark: ${withoutTokens(plain(message))}\n`)
}

// A token passed as an argument by mistake must not end up in the logs of the caller, such as a CI job.
const withoutTokens = (text: string) => replaceCompactTokens(text, '[secret]')

const codeAndPointer = ({ code, pointer, status }: Refused) =>
  [code === 'unknown' ? `HTTP status ${status}` : code, ...(pointer ? [`at ${pointer}`] : [])].join(' ')

function nextStep(error: unknown): string | undefined {
  if (error instanceof Failed) return error.next
  if (isUnreachable(error)) return adviceIfUnreachable[error.reason]
  if (!isRefused(error)) return undefined
  if (error.pointer === '/data/relationships/account') return 'Choose an account with --account acc-….'
  if (error.pointer === '/data/attributes/expires-in') return 'Choose a shorter lifetime with --expires-in.'
  if (error.retryAfterSeconds !== null) return `Try again in ${error.retryAfterSeconds} s.`
  if (error.code === 'internal-error')
    return error.requestId ? `See the server log for request ${error.requestId}.` : 'See the server log.'
  return adviceIfRefused[error.code as RefusalCode | 'unknown']
}

const mintAnother =
  'Run mintmark auth login, or create a token with another valid token (mintmark token mint) and set MINTMARK_TOKEN.'
const runWhoami = 'Run mintmark whoami to see the owner of this token.'

const adviceIfRefused: Partial<Record<RefusalCode | 'unknown', string>> = {
  'invalid-token':
    'Check that MINTMARK_TOKEN contains the complete token and that --host is the server that issued it.',
  'token-expired': mintAnother,
  'token-revoked': mintAnother,
  forbidden: `${runWhoami} The owner needs an access policy that grants the permission.`,
  'grants-more-than-held': `${runWhoami} You cannot grant permissions that you do not have.`,
  'not-found': `It does not exist, or this token has no access to it. ${runWhoami}`,
  unknown: 'Check that --host is a Mintmark server.',
}

const adviceIfUnreachable: Record<UnreachableReason, string> = {
  'connection-refused':
    'Check that the server is running. Start one with mintmark serve, or choose another with --host or MINTMARK_URL.',
  'unknown-host': 'Check the spelling of --host or MINTMARK_URL.',
  'untrusted-certificate':
    "Set SSL_CERT_FILE to the file with the server's CA certificate. mintmark serve --tls self-signed prints the command.",
  'wrong-certificate': "Use a host name that is in the server's certificate.",
  'not-tls': 'If the server uses plain http, start the address with http://.',
  redirect: 'Set --host to the address that it redirects to.',
  'no-such-api': 'Check that --host is a Mintmark server.',
  timeout: 'Check the server, then try again. The request may have been processed.',
  lost: 'Try again. The request may have been processed. If the server uses https, start the address with https://.',
}

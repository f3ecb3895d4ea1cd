/** What the endpoints for leak reports share. */
import type { Secret } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import type { AttemptCounter } from '../../endpoint-request.ts'
import type { Verdict } from '../../verdicts/verify-token.ts'
import type { FoundQueue } from '../found-queue.ts'
import type { Found, LeakIntake } from '../process-reports.ts'
import type { Reporter, SignatureCheck } from '../reporters.ts'

export interface LeakServices {
  readonly db: Context['db']
  readonly intake: LeakIntake
  readonly queue: FoundQueue
  /** How long an answer waits for what was reported to be worked on. It is on disk either way. */
  readonly patienceMilliseconds: number
  readonly baseContext: Pick<Context, 'world' | 'installation'>
  readonly reporters: readonly { readonly reporter: Reporter; readonly signature: SignatureCheck }[]
  /** Of GitHub's webhook; null when it is not set up. */
  readonly webhookSecret: Secret | null
  /** What GitLab sends in `Authorization`; null when it may not report. */
  readonly gitlabToken: Secret | null
  readonly limit: AttemptCounter
  /** Of what a report holds: each token counts. */
  readonly entryLimit: AttemptCounter
  verifyToken(text: string, address: string): Verdict | Promise<Verdict>
}

/** Stores found tokens, and waits a moment for them to be processed. */
export const takeReport = (
  { queue, patienceMilliseconds }: LeakServices,
  { id, address }: Context['request'],
  source: string,
  found: readonly Found[],
) => queue.take(source, found, { id, address }, patienceMilliseconds)

/** `retryAfterSeconds` as counted by an `AttemptCounter`. */
export function limitReports(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0)
    throw new Refusal('too-many-reports', { detail: 'Too many reports from this address.', retryAfterSeconds })
}

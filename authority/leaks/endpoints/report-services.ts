/** Services of the endpoints for leak reports. */
import type { Secret } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import type { AttemptCounter } from '../../endpoint-request.ts'
import type { Verdict } from '../../verdicts/verify-token.ts'
import type { Found, LeakIntake } from '../process-reports.ts'
import type { FoundQueue } from '../queue/found-queue.ts'
import type { Reporter, SignatureCheck } from '../reporters.ts'

export interface LeakServices {
  readonly db: Context['db']
  readonly intake: LeakIntake
  readonly queue: FoundQueue
  /** How long a response waits for its reports to be processed. They are stored before it either way. */
  readonly waitMilliseconds: number
  readonly baseContext: Pick<Context, 'world' | 'installation'>
  readonly reporters: readonly { readonly reporter: Reporter; readonly signature: SignatureCheck }[]
  /** The secret of GitHub's webhook; null if it is not configured. */
  readonly webhookSecret: Secret | null
  /** The value of `Authorization` in GitLab's requests; null if GitLab is not configured. */
  readonly gitlabToken: Secret | null
  readonly limit: AttemptCounter
  /** Counts the entries of reports: each token counts. */
  readonly entryLimit: AttemptCounter
  verifyToken(text: string, address: string): Verdict | Promise<Verdict>
}

/** Stores reported tokens and waits briefly for them to be processed. */
export const queueReport = (
  { queue, waitMilliseconds: patienceMilliseconds }: LeakServices,
  { id, address }: Context['request'],
  source: string,
  found: readonly Found[],
) => queue.process(source, found, { id, address }, patienceMilliseconds)

/** Throws `too-many-reports` if `retryAfterSeconds`, the result of an `AttemptCounter`, is above 0. */
export function limitReports(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0)
    throw new Refusal('too-many-reports', { detail: 'Too many reports from this address.', retryAfterSeconds })
}

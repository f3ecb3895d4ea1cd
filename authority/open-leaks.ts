/** Puts together what stands behind the doors for found tokens, and the work that goes on there. */
import { limits } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import type { AppOptions } from './app.ts'
import { limitAttempts } from './http/attempt-limit.ts'
import type { BaseContext } from './http/callers.ts'
import type { LeakServices } from './leaks/endpoints/report-services.ts'
import { type FoundQueue, openFoundQueue } from './leaks/found-queue.ts'
import { workAlerts } from './leaks/github-alerts.ts'
import { openGitHub } from './leaks/github-api.ts'
import { notifyLeak } from './leaks/notify-leak.ts'
import { githubReporter, signatureCheck } from './leaks/reporters.ts'
import type { Counts } from './metrics/counts.ts'
import { guardedFetch } from './outbound/guarded-fetch.ts'
import { isIssuedHere, type Verdict } from './verdicts/verify-token.ts'

/** GitHub allows 30 s to those who give feedback, ten to a webhook, and to others it does not say. */
const patienceMilliseconds = 5_000

interface Behind {
  readonly baseContext: BaseContext
  key(generation: number): Uint8Array | undefined
  afterWrite(): Promise<void>
  verifyToken(text: string, address: string): Verdict | Promise<Verdict>
  readonly counts: Counts
  trouble(error: unknown): void
}

interface Leaks {
  readonly services: LeakServices
  readonly queue: FoundQueue
  /** Looks at the alerts of GitHub that wait; tells how many those were. */
  lookAtAlerts(): Promise<number>
}

export function openLeaks(
  options: AppOptions,
  { baseContext, key, afterWrite, verifyToken, counts, trouble }: Behind,
): Leaks {
  const { database, world, reporters = [githubReporter()], gitlabToken, github } = options
  // These addresses are settings: the operator may name a server of their own network.
  const ask = options.fetch ?? guardedFetch({ allowPrivate: true })
  const intake = {
    database,
    isIssuedHere: (text: string) => isIssuedHere({ key }, text),
    notify: notifyLeak,
    count: counts.reportTaken,
    baseContext,
    afterWrite,
  }
  const queue = openFoundQueue(intake, trouble)
  const services = {
    db: database.read,
    intake,
    queue,
    patienceMilliseconds: options.reportMilliseconds ?? patienceMilliseconds,
    baseContext,
    reporters: reporters.map((reporter) => ({ reporter, signature: signatureCheck(reporter, world, ask) })),
    webhookSecret: github ? new Secret(github.webhookSecret) : null,
    gitlabToken: gitlabToken ? new Secret(gitlabToken) : null,
    verifyToken,
    entryLimit: limitAttempts(world, limits.leakEntriesPerMinute, options.limitIpv6Prefix),
    limit: limitAttempts(world, limits.leakReportsPerMinute, options.limitIpv6Prefix),
  }
  if (!github) return { services, queue, lookAtAlerts: async () => 0 }
  const work = { intake, queue, github: openGitHub(github, world, ask), world }
  return { services, queue, lookAtAlerts: () => workAlerts(work) }
}

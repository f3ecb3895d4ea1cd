/** Composes the services that process reported tokens, and the background work on them. */
import { limits } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import type { AppOptions } from './app-options.ts'
import { limitAttempts } from './http/attempt-limit.ts'
import type { BaseContext } from './http/callers.ts'
import type { LeakServices } from './leaks/endpoints/report-services.ts'
import { workAlerts } from './leaks/github/github-alerts.ts'
import { openGitHub } from './leaks/github/github-api.ts'
import { notifyLeak } from './leaks/notify-leak.ts'
import { type FoundQueue, openFoundQueue } from './leaks/queue/found-queue.ts'
import { githubReporter, signatureCheck } from './leaks/reporters.ts'
import type { Counts } from './metrics/counts.ts'
import { guardedFetch } from './outbound/guarded-fetch.ts'
import { isIssuedHere, type Verdict } from './verdicts/verify-token.ts'

/**
 * GitHub waits 30 s for the response to a partner report and 10 s for that to a webhook delivery. Other reporters do
 * not document a limit.
 */
const reportMilliseconds = 5_000

interface Dependencies {
  readonly baseContext: BaseContext
  key(generation: number): Uint8Array | undefined
  afterWrite(): Promise<void>
  verifyToken(text: string, address: string): Verdict | Promise<Verdict>
  readonly counts: Counts
  trouble(error: unknown): void
}

export interface Leaks {
  readonly services: LeakServices
  readonly queue: FoundQueue
  /** Processes waiting GitHub alerts. Returns how many there were. */
  lookAtAlerts(): Promise<number>
}

export function openLeaks(
  options: AppOptions,
  { baseContext, key, afterWrite, verifyToken, counts, trouble }: Dependencies,
): Leaks {
  const { database, world, reporters = [githubReporter()], gitlabToken, github } = options
  // The operator configures these addresses, so private ones are allowed.
  const ask = options.fetch ?? guardedFetch({ allowPrivate: true })
  const intake = {
    database,
    isIssuedHere: (text: string) => isIssuedHere({ key }, text),
    notify: notifyLeak,
    count: counts.reportAccepted,
    baseContext,
    afterWrite,
  }
  const queue = openFoundQueue(intake, trouble)
  const services = {
    db: database.read,
    intake,
    queue,
    waitMilliseconds: options.reportMilliseconds ?? reportMilliseconds,
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

/** Puts together what stands behind the doors for found tokens, and the work that goes on there. */
import { limits } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import type { AppOptions } from './app.ts'
import { limitAttempts } from './http/attempt-limit.ts'
import type { LeakDoors } from './http/leak-routes.ts'
import type { BareContext } from './http/routes.ts'
import { type FoundQueue, openFoundQueue } from './leaks/found-queue.ts'
import { workAlerts } from './leaks/github-alerts.ts'
import { openGitHub } from './leaks/github-api.ts'
import { githubReporter, signatureCheck } from './leaks/reporters.ts'
import { tellLeak } from './leaks/tell-leak.ts'
import type { Counts } from './metrics/counts.ts'
import { guardedFetch } from './outbound/guarded-fetch.ts'
import { isOurs, type Verdict } from './verdicts/judge.ts'

/** GitHub allows 30 s to those who give feedback, ten to a webhook, and to others it does not say. */
const patienceMilliseconds = 5_000

interface Behind {
  readonly bare: BareContext
  key(generation: number): Uint8Array | undefined
  afterDeed(): Promise<void>
  judge(text: string, address: string): Verdict | Promise<Verdict>
  readonly counts: Counts
  trouble(error: unknown): void
}

interface Leaks {
  readonly doors: LeakDoors
  readonly queue: FoundQueue
  /** Looks at the alerts of GitHub that wait; tells how many those were. */
  lookAtAlerts(): Promise<number>
}

export function leakDoors(options: AppOptions, { bare, key, afterDeed, judge, counts, trouble }: Behind): Leaks {
  const { database, world, reporters = [githubReporter()], gitlabToken, github } = options
  // These addresses are settings: the operator may name a server of their own network.
  const ask = options.fetch ?? guardedFetch({ allowPrivate: true })
  const taking = {
    database,
    isOurs: (text: string) => isOurs({ key }, text),
    tell: tellLeak,
    count: counts.reportTaken,
    bare,
    afterDeed,
  }
  const queue = openFoundQueue(taking, trouble)
  const doors = {
    taking,
    queue,
    patienceMilliseconds: options.reportMilliseconds ?? patienceMilliseconds,
    bare,
    reporters: reporters.map((reporter) => ({ reporter, signature: signatureCheck(reporter, world, ask) })),
    webhookSecret: github ? new Secret(github.webhookSecret) : null,
    gitlabToken: gitlabToken ? new Secret(gitlabToken) : null,
    judge,
    counts,
    entryLimit: limitAttempts(world, limits.leakEntriesPerMinute, options.limitIpv6Prefix),
    limit: limitAttempts(world, limits.leakReportsPerMinute, options.limitIpv6Prefix),
  }
  if (!github) return { doors, queue, lookAtAlerts: async () => 0 }
  const work = { taking, queue, github: openGitHub(github, world, ask), world }
  return { doors, queue, lookAtAlerts: () => workAlerts(work) }
}

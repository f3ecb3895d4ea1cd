/** Puts together what stands behind the doors for found tokens, and the work that goes on there. */
import { limits } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import type { AppOptions } from './app.ts'
import { limitAttempts } from './http/attempt-limit.ts'
import type { LeakDoors } from './http/leak-routes.ts'
import type { BareContext } from './http/routes.ts'
import { workAlerts } from './leaks/github-alerts.ts'
import { openGitHub } from './leaks/github-api.ts'
import { githubReporter, signatureCheck } from './leaks/reporters.ts'
import { tellLeak } from './leaks/tell-leak.ts'
import type { Counts } from './metrics/counts.ts'
import { isOurs, type Verdict } from './verdicts/judge.ts'

interface Behind {
  readonly bare: BareContext
  key(generation: number): Uint8Array | undefined
  afterDeed(): Promise<void>
  judge(text: string, address: string): Verdict | Promise<Verdict>
  readonly counts: Counts
}

interface Leaks {
  readonly doors: LeakDoors
  /** Looks at the alerts of GitHub that wait; tells how many those were. */
  lookAtAlerts(): Promise<number>
}

export function leakDoors(options: AppOptions, { bare, key, afterDeed, judge, counts }: Behind): Leaks {
  const { database, world, reporters = [githubReporter()], gitlabToken, github } = options
  const ask = options.fetch ?? fetch
  const taking = {
    database,
    isOurs: (text: string) => isOurs({ key }, text),
    tell: tellLeak,
    count: counts.reportTaken,
    afterDeed,
  }
  const doors = {
    taking,
    bare,
    reporters: reporters.map((reporter) => ({ reporter, signature: signatureCheck(reporter, world, ask) })),
    webhookSecret: github ? new Secret(github.webhookSecret) : null,
    gitlabToken: gitlabToken ? new Secret(gitlabToken) : null,
    judge,
    counts,
    limit: limitAttempts(world, limits.leakReportsPerMinute),
  }
  if (!github) return { doors, lookAtAlerts: async () => 0 }
  const request = { id: 'github-alerts', address: 'local', query: new URLSearchParams(), idempotencyKey: null }
  const work = {
    taking: { ...taking, bare: { ...bare, request } },
    github: openGitHub(github, world, ask),
    world,
  }
  return { doors, lookAtAlerts: () => workAlerts(work) }
}

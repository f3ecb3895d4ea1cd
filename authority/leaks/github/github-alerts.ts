/**
 * Processes GitHub secret scanning alerts: fetches the secret and its locations, reports them, and resolves the alert as revoked
 * if the token is no longer accepted. Failures are retried by schedule and given up after ten attempts.
 */
import type { LeakSource } from '@mintmark/contract'
import type { World } from '../../context.ts'
import { nextAttempt } from '../../outbound/schedule.ts'
import type { Found, LeakIntake, LeakLocation } from '../process-reports.ts'
import type { FoundQueue } from '../queue/found-queue.ts'
import { locationOf } from '../read-reports.ts'
import {
  type AlertRow,
  claimAlert,
  finishAlert,
  insertAlert,
  listDueAlerts,
  rescheduleAlert,
} from './github-alert-store.ts'
import type { GitHub } from './github-api.ts'
import type { Delivery } from './github-delivery.ts'

export interface AlertWork {
  readonly intake: LeakIntake
  readonly queue: FoundQueue
  readonly github: GitHub
  readonly world: World
}

export const githubAlert: LeakSource = 'github-alert'

const alertsPerTurn = 10
const locationsMax = 100
/** The time after which another node may take over an alert. It is longer than the few requests of an attempt take. */
const claimMilliseconds = 2 * 60_000

/** Returns false if this delivery was already queued. */
export function queueAlert(
  { database, baseContext: { world } }: LeakIntake,
  { id, repository, number, isPrivate, isPublicLeak }: Delivery,
): Promise<boolean> {
  const now = world.now().toISOString()
  return database.write((db) =>
    insertAlert(db, {
      id,
      repository,
      number,
      isPrivate: Number(isPrivate),
      isPublicLeak: Number(isPublicLeak),
      receivedAt: now,
      dueAt: now,
      attempts: 0,
      doneAt: null,
      outcome: null,
    }),
  )
}

/** Processes due alerts. Returns how many. */
export async function workAlerts(work: AlertWork): Promise<number> {
  const { intake, world } = work
  const due = await listDueAlerts(intake.database.read, world.now().toISOString(), alertsPerTurn)
  for (const alert of due) {
    const until = new Date(world.now().getTime() + claimMilliseconds).toISOString()
    if (await intake.database.write((db) => claimAlert(db, alert, until))) await attempt(work, alert)
  }
  return due.length
}

async function attempt(work: AlertWork, alert: AlertRow): Promise<void> {
  const { intake, world } = work
  const number = alert.attempts + 1
  const result = await processAlert(work, alert).catch((error: Error) => error)
  const next = result instanceof Error ? nextAttempt(world, number) : null
  await intake.database.write((db) =>
    next
      ? rescheduleAlert(db, alert.id, number, next.toISOString())
      : finishAlert(db, alert.id, world.now().toISOString(), outcomeOf(result)),
  )
}

const outcomeOf = (result: string | Error) =>
  result instanceof Error ? `given up: ${result.message.slice(0, 200)}` : result

async function processAlert(work: AlertWork, alert: AlertRow): Promise<string> {
  const { github } = work
  const path = `/repos/${alert.repository}/secret-scanning/alerts/${alert.number}`
  const { secret, state } = (await github.ask(alert.repository, 'GET', path)) as { secret?: unknown; state?: unknown }
  if (typeof secret !== 'string') return 'GitHub returned no secret'
  if (!work.intake.isIssuedHere(secret)) return 'not a token of this installation'
  const locations = await github.ask(alert.repository, 'GET', `${path}/locations?per_page=${locationsMax}`)
  const kind = alert.isPrivate === 1 && alert.isPublicLeak === 0 ? 'private' : 'public'
  const found: Found[] = (Array.isArray(locations) ? locations : [])
    .slice(0, locationsMax)
    .map((each) => ({ text: secret, location: locationIn(alert, kind, each) }))
  const answers = await work.queue.process(
    githubAlert,
    found.length > 0 ? found : [{ text: secret, location: { kind, repository: alert.repository } }],
    { id: 'github-alerts', address: 'local' },
  )
  if (answers.includes('later')) throw new Error('the report could not be processed yet')
  const isInactive = answers.some((answer) => answer === 'revoked' || answer === 'inactive')
  if (isInactive && state === 'open') {
    await github.ask(alert.repository, 'PATCH', path, {
      state: 'resolved',
      resolution: 'revoked',
      resolution_comment: 'Mintmark revoked this token and notified its owner.',
    })
    return 'resolved as revoked'
  }
  return isInactive ? 'token inactive, alert already resolved' : 'reported'
}

function locationIn(alert: AlertRow, kind: LeakLocation['kind'], location: unknown): LeakLocation {
  const { details = {} } = (location ?? {}) as { details?: Readonly<Record<string, unknown>> }
  const address = Object.entries(details).find(([name, value]) => name.endsWith('_url') && typeof value === 'string')
  const { path, start_line: line, commit_sha: commit, html_url: page = address?.[1] } = details
  return locationOf({ repository: alert.repository, path, line, commit, url: page }, kind)
}

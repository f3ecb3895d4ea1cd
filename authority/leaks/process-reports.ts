/**
 * Processes the report of a leaked token in one transaction: finds the token, applies the account's rules, writes the report with
 * its audit event, and notifies the owner.
 */

import { audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { Database } from '../database/database.ts'
import { newId } from '../ids.ts'
import { findLeaked, type LeakedToken, limitLeaked, revokeLeaked } from '../tokens/leaked.ts'
import { leakRulesOfAll, type RuleAction } from '../tokens/security-rules/rules.ts'
import { confidenceOf, decideStrictest, holder } from './decide.ts'
import { findLeak, insertLeak, type LeakRow, updateLeak } from './leak-store.ts'
import {
  columnsOf,
  type Found,
  keyOf,
  type LeakLocation,
  type MergedReports,
  mergedReportsOf,
  mergeTwo,
  oneReport,
} from './locations.ts'

export type { Found, LeakLocation }

export interface LeakIntake {
  readonly database: Database
  readonly baseContext: Omit<Context, 'db' | 'actor' | 'auditedEvents' | 'request'>
  /** Whether this installation signed the token. Does not query the database. */
  isIssuedHere(text: string): boolean
  /** Notifies within the transaction. */
  notify(context: Context, leak: Leak): Promise<void>
  count(source: string, action: ActionTaken | 'foreign'): void
  /** Called after a commit. */
  afterWrite(): Promise<void>
}

export interface Leak {
  readonly id: string
  readonly token: LeakedToken
  readonly source: string
  readonly location: LeakLocation
  readonly actionTaken: LeakRow['actionTaken']
}

export type ActionTaken = LeakRow['actionTaken']

interface Report {
  readonly hash: Uint8Array
  readonly source: string
  /** `MergedReports` as JSON. */
  readonly location: string
}

/** Processes a reported token in the caller's transaction. Returns the action taken; null if there is no such token. */
export async function processFoundToken(
  intake: LeakIntake,
  context: Context,
  { hash, source, location }: Report,
): Promise<ActionTaken | null> {
  const token = await findLeaked(context, hash)
  return token ? processReport(intake, context, source, token, readMerged(location)) : null
}

/** Rows of earlier versions contain one location only. */
function readMerged(json: string): MergedReports {
  const read = JSON.parse(json) as MergedReports | LeakLocation
  return 'first' in read ? read : oneReport(read)
}

/** The location key under which all reports of one token by holders are one report. */
const holderKey = 'holder'

async function processReport(
  intake: LeakIntake,
  context: Context,
  source: string,
  token: LeakedToken,
  merged: MergedReports,
): Promise<LeakRow['actionTaken']> {
  const { db, world } = context
  const location = merged.first
  const now = world.now().toISOString()
  const actionTaken = await applyRules(context, source, token, location)
  const locationKey = source === holder ? holderKey : keyOf(location)
  const seen = await findLeak(db, token.id, source, locationKey)
  if (seen) {
    // Reported again. The action is repeated if the token has become active again.
    const columns = columnsOf(mergeTwo(mergedReportsOf(seen), merged))
    await updateLeak(db, seen.id, {
      ...columns,
      lastSeenAt: now,
      ...(actionTaken === 'inactive' ? {} : { actionTaken }),
    })
    if (actionTaken === 'inactive' || actionTaken === seen.actionTaken) return actionTaken
  }
  const id = seen?.id ?? newId(world, 'leak')
  if (!seen) await insertLeak(db, rowOf({ id, token, source, location, merged, locationKey, actionTaken, now }))
  await audit(context, {
    action: 'leak-reports.taken',
    accountId: token.accounts,
    subjectType: 'leak-reports',
    subjectId: id,
    ownerId: token.ownerId,
    after: { source, token: token.id, lastCharacters: token.lastCharacters, actionTaken, location },
  })
  // No notification if the token was already inactive.
  if (actionTaken !== 'inactive') await intake.notify(context, { id, token, source, location, actionTaken })
  return actionTaken
}

const done: Record<RuleAction, LeakRow['actionTaken']> = { revoke: 'revoked', rotate: 'expiring', notify: 'notified' }

async function applyRules(
  context: Context,
  source: string,
  token: LeakedToken,
  location: LeakLocation,
): Promise<LeakRow['actionTaken']> {
  if (token.isInactive) return 'inactive'
  const rules = await leakRulesOfAll(context.db, token.accounts)
  const finding = { source, confidence: confidenceOf(source, location), locationKind: location.kind }
  const { action, overlap } = decideStrictest(rules, finding)
  if (action === 'revoke') await revokeLeaked(context, token, `leaked: ${source}`)
  if (action === 'rotate') await limitLeaked(context, token, overlap)
  return done[action]
}

interface Reported extends Leak {
  readonly merged: MergedReports
  readonly locationKey: string
  readonly now: string
}

function rowOf({ id, token, source, location, merged, locationKey, actionTaken, now }: Reported): LeakRow {
  const { kind, repository = null, path = null, line = null, commit = null, url = null, committedAt = null } = location
  return {
    id,
    // Visible in every account of the owner. This one keeps the report when the owner leaves.
    accountId: token.accounts[0] ?? null,
    tokenId: token.id,
    source,
    locationKey,
    locationKind: kind,
    repository,
    path,
    line,
    commitId: commit,
    url,
    actionTaken,
    // Ignore future times, which a reporter's wrong clock can cause.
    committedAt: committedAt !== null && committedAt <= now ? committedAt : null,
    firstSeenAt: now,
    lastSeenAt: now,
    ...columnsOf(merged),
    assigneeId: null,
    resolution: null,
    resolvedAt: null,
    noteCount: 0,
  }
}

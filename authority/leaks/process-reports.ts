/**
 * What a report of a found token leads to: the token is looked up, answered by the account's rules, the report is written
 * with its audit row, and the owner is told. All of it in one deed.
 */

import { audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { Database } from '../database/database.ts'
import { newId } from '../ids.ts'
import { findLeaked, type LeakedToken, limitLeaked } from '../tokens/leaked.ts'
import { revokeTokens } from '../tokens/revoke.ts'
import { type LeakAnswer, leakRulesOfAll } from '../tokens/security-rules/rules.ts'
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
  /** Whether a string was signed here. No database is asked. */
  isIssuedHere(text: string): boolean
  /** Told within the deed. */
  notify(context: Context, leak: Leak): Promise<void>
  count(source: string, answer: LeakAction | 'not-ours'): void
  /** Called when a deed is on disk. */
  afterWrite(): Promise<void>
}

export interface Leak {
  readonly id: string
  readonly token: LeakedToken
  readonly source: string
  readonly location: LeakLocation
  readonly answer: LeakRow['answer']
}

export type LeakAction = LeakRow['answer']

interface Report {
  readonly hash: Uint8Array
  readonly source: string
  /** As JSON: what the reports of the token say together. */
  readonly location: string
}

/** What is done about a found token, in the deed of the caller; null when there is no such token. */
export async function processFoundToken(
  intake: LeakIntake,
  context: Context,
  { hash, source, location }: Report,
): Promise<LeakAction | null> {
  const token = await findLeaked(context, hash)
  return token ? takeOne(intake, context, source, token, readFolded(location)) : null
}

/** A process of an earlier release may have left the place alone. */
function readFolded(json: string): MergedReports {
  const read = JSON.parse(json) as MergedReports | LeakLocation
  return 'first' in read ? read : oneReport(read)
}

/** Under which key all that holders say of one token is one report. */
const holderKey = 'holder'

async function takeOne(
  intake: LeakIntake,
  context: Context,
  source: string,
  token: LeakedToken,
  folded: MergedReports,
): Promise<LeakRow['answer']> {
  const { db, world } = context
  const location = folded.first
  const now = world.now().toISOString()
  const answer = await carryOut(context, source, token, location)
  const locationKey = source === holder ? holderKey : keyOf(location)
  const seen = await findLeak(db, token.id, source, locationKey)
  if (seen) {
    // Reported again: counted, and answered again should the token have come back to life.
    const columns = columnsOf(mergeTwo(mergedReportsOf(seen), folded))
    await updateLeak(db, seen.id, { ...columns, lastSeenAt: now, ...(answer === 'dead' ? {} : { answer }) })
    if (answer === 'dead' || answer === seen.answer) return answer
  }
  const id = seen?.id ?? newId(world, 'leak')
  if (!seen) await insertLeak(db, rowOf({ id, token, source, location, folded, locationKey, answer, now }))
  await audit(context, {
    action: 'leak-reports.taken',
    accountId: token.accounts,
    subjectType: 'leak-reports',
    subjectId: id,
    after: { source, token: token.id, lastCharacters: token.lastCharacters, answer, location },
  })
  // Of a token that is no longer accepted there is nothing to do, and nobody needs to be told.
  if (answer !== 'dead') await intake.notify(context, { id, token, source, location, answer })
  return answer
}

const done: Record<LeakAnswer, LeakRow['answer']> = { revoke: 'revoked', rotate: 'ending', notify: 'notified' }

async function carryOut(
  context: Context,
  source: string,
  token: LeakedToken,
  location: LeakLocation,
): Promise<LeakRow['answer']> {
  if (token.isInactive) return 'dead'
  const rules = await leakRulesOfAll(context.db, token.accounts)
  const finding = { source, confidence: confidenceOf(source, location), locationKind: location.kind }
  const { answer, overlap } = decideStrictest(rules, finding)
  if (answer === 'revoke') await revokeTokens(context, [token.id], `leaked: ${source}`)
  if (answer === 'rotate') await limitLeaked(context, token, overlap)
  return done[answer]
}

interface Reported extends Leak {
  readonly folded: MergedReports
  readonly locationKey: string
  readonly now: string
}

function rowOf({ id, token, source, location, folded, locationKey, answer, now }: Reported): LeakRow {
  const { kind, repository = null, path = null, line = null, commit = null, url = null, committedAt = null } = location
  return {
    id,
    // Seen by every account of its owner; this one stays when the owner leaves.
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
    answer,
    // Nothing got out in the future, whatever a reporter's clock says.
    committedAt: committedAt !== null && committedAt <= now ? committedAt : null,
    firstSeenAt: now,
    lastSeenAt: now,
    ...columnsOf(folded),
  }
}

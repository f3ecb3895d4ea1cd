/**
 * What a report of a found token leads to: the token is looked up, answered by the account's rules, the report is written
 * with its audit row, and the owner is told. All of it in one deed.
 */
import { findLeaked, type LeakedToken, limitLeaked } from '../access-tokens/leaked.ts'
import { endTokens } from '../access-tokens/revoke.ts'
import { record } from '../audit-events/record.ts'
import type { Context } from '../context.ts'
import type { Database } from '../database/database.ts'
import { newId } from '../ids.ts'
import { type LeakAnswer, leakRulesOfAll } from '../security-rules/rules.ts'
import { confidenceOf, decideStrictest, holder } from './decide.ts'
import { findLeak, insertLeak, type LeakRow, updateLeak } from './leak-store.ts'
import { columnsOf, type Folded, type Found, fold, foldedOf, keyOf, once, type Place } from './places.ts'

export type { Found, Place }

export interface Taking {
  readonly database: Database
  readonly bare: Omit<Context, 'db' | 'actor' | 'told' | 'request'>
  /** Whether a string was signed here. No database is asked. */
  isOurs(text: string): boolean
  /** Told within the deed. */
  tell(context: Context, leak: Leak): Promise<void>
  count(source: string, answer: Answer | 'not-ours'): void
  /** Called when a deed is on disk. */
  afterDeed(): Promise<void>
}

export interface Leak {
  readonly id: string
  readonly token: LeakedToken
  readonly source: string
  readonly place: Place
  readonly answer: LeakRow['answer']
}

export type Answer = LeakRow['answer']

interface Report {
  readonly hash: Uint8Array
  readonly source: string
  /** As JSON: what the reports of the token say together. */
  readonly place: string
}

/** What is done about a found token, in the deed of the caller; null when there is no such token. */
export async function takeFound(
  taking: Taking,
  context: Context,
  { hash, source, place }: Report,
): Promise<Answer | null> {
  const token = await findLeaked(context, hash)
  return token ? takeOne(taking, context, source, token, readFolded(place)) : null
}

/** A process of an earlier release may have left the place alone. */
function readFolded(json: string): Folded {
  const read = JSON.parse(json) as Folded | Place
  return 'first' in read ? read : once(read)
}

/** Under which key all that holders say of one token is one report. */
const holderKey = 'holder'

async function takeOne(
  taking: Taking,
  context: Context,
  source: string,
  token: LeakedToken,
  folded: Folded,
): Promise<LeakRow['answer']> {
  const { db, world } = context
  const place = folded.first
  const now = world.now().toISOString()
  const answer = await carryOut(context, source, token, place)
  const placeKey = source === holder ? holderKey : keyOf(place)
  const seen = await findLeak(db, token.id, source, placeKey)
  if (seen) {
    // Reported again: counted, and answered again should the token have come back to life.
    const columns = columnsOf(fold(foldedOf(seen), folded))
    await updateLeak(db, seen.id, { ...columns, lastSeenAt: now, ...(answer === 'dead' ? {} : { answer }) })
    if (answer === 'dead' || answer === seen.answer) return answer
  }
  const id = seen?.id ?? newId(world, 'leak')
  if (!seen) await insertLeak(db, rowOf({ id, token, source, place, folded, placeKey, answer, now }))
  await record(context, {
    action: 'leak-reports.taken',
    accountId: token.accounts,
    subjectType: 'leak-reports',
    subjectId: id,
    after: { source, token: token.id, lastCharacters: token.lastCharacters, answer, place },
  })
  // Of a token that is no longer accepted there is nothing to do, and nobody needs to be told.
  if (answer !== 'dead') await taking.tell(context, { id, token, source, place, answer })
  return answer
}

const done: Record<LeakAnswer, LeakRow['answer']> = { revoke: 'revoked', rotate: 'ending', notify: 'notified' }

async function carryOut(
  context: Context,
  source: string,
  token: LeakedToken,
  place: Place,
): Promise<LeakRow['answer']> {
  if (token.isDead) return 'dead'
  const rules = await leakRulesOfAll(context.db, token.accounts)
  const finding = { source, confidence: confidenceOf(source, place), placeKind: place.kind }
  const { answer, overlap } = decideStrictest(rules, finding)
  if (answer === 'revoke') await endTokens(context, [token.id], `leaked: ${source}`)
  if (answer === 'rotate') await limitLeaked(context, token, overlap)
  return done[answer]
}

interface Reported extends Leak {
  readonly folded: Folded
  readonly placeKey: string
  readonly now: string
}

function rowOf({ id, token, source, place, folded, placeKey, answer, now }: Reported): LeakRow {
  const { kind, repository = null, path = null, line = null, commit = null, url = null, committedAt = null } = place
  return {
    id,
    // Seen by every account of its owner; this one stays when the owner leaves.
    accountId: token.accounts[0] ?? null,
    tokenId: token.id,
    source,
    placeKey,
    placeKind: kind,
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

/**
 * Reporters wait only so long for an answer, and a lost answer is a token that lives on. So what they found is on disk
 * first, by the token's hash, and worked on in turns, some of each call. An answer waits for that as long as its patience
 * lasts; what is left then is worked on after it, and what a killed process left by the next.
 */
import { hashToken } from '@mintmark/token'
import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import { attemptsMax, nextAttempt } from '../outbound/schedule.ts'
import { holder } from './decide.ts'
import { type FoundRow, insertFound, listFound, putOffFound, removeFound } from './found-token-store.ts'
import { type MergedReports, mergeReports, oneReport } from './locations.ts'
import { type Found, type LeakAction, type LeakIntake, processFoundToken } from './process-reports.ts'

/** What was done about a found string; `later`: it is ours and on disk; null: it is no token of this installation. */
export type FoundResult = LeakAction | 'later' | null

export interface FoundQueue {
  /** In the order of what was found. Without patience it waits until all is done. */
  take(source: string, found: readonly Found[], request: Asking, patienceMilliseconds?: number): Promise<FoundResult[]>
  /** Works on what others left, and what failed; how many those were. */
  workLeft(): Promise<number>
  /** Finishes what is being done; the rest stays on disk. */
  stop(): Promise<void>
}

type Asking = Pick<Context['request'], 'id' | 'address'>

/** So that no transaction keeps others waiting for long. */
const rowsPerDeed = 25
/** Few, so that verdicts are given in between. */
const callsAtOnce = 2
/** How long whoever took a report has it for itself. Doing it twice is ruled out by the row, not by this. */
const ownMilliseconds = 60_000

interface Call {
  readonly rows: FoundRow[]
  readonly answers: Map<string, FoundResult>
  readonly done: () => void
}

export function openFoundQueue(intake: LeakIntake, onTrouble: (error: unknown) => void): FoundQueue {
  const { database, baseContext } = intake
  const { world } = baseContext
  const calls: Call[] = []
  let working: Promise<void> | undefined
  let isStopped = false
  const ownUntil = () => new Date(world.now().getTime() + ownMilliseconds).toISOString()
  // What lies there when a process starts was mostly left by one that ended: it waits no longer.
  const leftAtStart = ownUntil()

  const take: FoundQueue['take'] = async (source, found, { id, address }, patience) => {
    const dueAt = ownUntil()
    const rowOf = (text: string, folded: MergedReports): FoundRow => ({
      id: newId(world, 'ft'),
      hash: hashToken(text),
      source,
      location: JSON.stringify(folded),
      requestId: id,
      address,
      dueAt,
      attempts: 0,
    })
    // Of what a holder says a thousand times about one token there is one row, one report and one notice.
    const entries =
      source === holder
        ? mergeReports(found)
        : found.map(({ text, location }) => ({ text, folded: oneReport(location) }))
    const rows = entries.map(({ text, folded }) => {
      if (intake.isIssuedHere(text)) return rowOf(text, folded)
      intake.count(source, 'not-ours')
      return null
    })
    const ours = rows.filter((row) => row !== null)
    if (ours.length === 0) return found.map(() => null)
    await database.withoutTransaction((db) => insertFound(db, ours))
    const { promise, resolve } = Promise.withResolvers<void>()
    const answers = new Map<string, FoundResult>()
    calls.push({ rows: ours, answers, done: resolve })
    working ??= workAll()
    await within(promise, patience)
    const taken = rows.map((row) =>
      row === null ? null : answers.has(row.id) ? (answers.get(row.id) as FoundResult) : 'later',
    )
    if (source !== holder) return taken
    const byText = new Map(entries.map(({ text }, at) => [text, taken[at] ?? null]))
    return found.map(({ text }) => byText.get(text) ?? null)
  }

  const workAll = async () => {
    while (calls.length > 0) await Promise.all(calls.splice(0, callsAtOnce).map(workTurn))
    working = undefined
  }

  const workTurn = async (call: Call) => {
    const some = call.rows.splice(0, rowsPerDeed)
    // What fails is on disk, and falls due again.
    const answers = await workSome(some).catch(onTrouble)
    for (const [row, answer] of answers ?? []) call.answers.set(row, answer)
    if (call.rows.length > 0 && !isStopped) calls.push(call)
    else call.done()
  }

  const workSome = async (rows: readonly FoundRow[]): Promise<[string, FoundResult][]> => {
    if (rows.length === 0) return []
    const answers = await database.write(async (db) => {
      const told = { rows: 0 }
      const own = await removeFound(
        db,
        rows.map(({ id }) => id),
      )
      const taken: [FoundRow, LeakAction | null][] = []
      for (const row of rows) {
        if (!own.has(row.id)) continue
        const request = { id: row.requestId, address: row.address, query: new URLSearchParams(), idempotencyKey: null }
        taken.push([
          row,
          await processFoundToken(intake, { ...baseContext, db, request, actor: system, auditedEvents: told }, row),
        ])
      }
      return taken
    })
    await intake.afterWrite()
    for (const [{ source }, answer] of answers) intake.count(source, answer ?? 'not-ours')
    return answers.map(([{ id }, answer]) => [id, answer])
  }

  const workLeft = async () => {
    if (isStopped) return 0
    const left = await listFound(database.read, world.now().toISOString(), leftAtStart, rowsPerDeed)
    await workSome(left).catch(async () => {
      // One of them cannot be done, and holds up no other.
      for (const row of left) await workSome([row]).catch((error) => putOff(row, error))
    })
    return left.length
  }

  /** Never given up: the token may be alive. */
  const putOff = async (row: FoundRow, error: unknown) => {
    onTrouble(error)
    const attempts = row.attempts + 1
    const next = nextAttempt(world, Math.min(attempts, attemptsMax - 1)) ?? world.now()
    await database.withoutTransaction((db) => putOffFound(db, row.id, attempts, next.toISOString()))
  }

  return {
    take,
    workLeft,
    stop: async () => {
      isStopped = true
      await working
    },
  }
}

const system: Context['actor'] = {
  kind: 'system',
  id: '',
  email: null,
  accounts: [],
  rights: { grants: [] },
  tokenId: '',
  tokenLastCharacters: null,
}

function within(work: Promise<void>, milliseconds: number | undefined): Promise<void> {
  if (milliseconds === undefined) return work
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    work.finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}

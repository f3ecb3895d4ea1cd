/**
 * The queue of reported tokens. Reporters do not wait long for a response, and a lost report leaves a leaked token active. So
 * reports are stored first, with the hash of the token, and processed in batches that alternate between calls. A call waits for
 * the results up to its timeout. The rest is processed afterwards, or by the next process if this one is killed.
 */
import { hashToken } from '@mintmark/token'
import { type Context, systemActor, type World } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { runTogether } from '../../database/sharing/shared-writes.ts'
import { newId } from '../../ids.ts'
import { attemptsMax, nextAttempt } from '../../outbound/schedule.ts'
import { holder } from '../decide.ts'
import { type MergedReports, mergeReports, oneReport } from '../locations.ts'
import { type ActionTaken, type Found, type LeakIntake, processFoundToken } from '../process-reports.ts'
import { type FoundRow, insertFound, listFound, removeFound, rescheduleFound } from './found-token-store.ts'

/** The action taken. `later`: a token of this installation that is still queued. Null: not a token of this installation. */
export type FoundResult = ActionTaken | 'later' | null

export interface FoundQueue {
  /**
   * Queues reports and returns their results in the same order. Reports of one token by a holder are merged first. Without a
   * timeout it waits until all are processed.
   */
  process(
    source: string,
    found: readonly Found[],
    request: Requester,
    timeoutMilliseconds?: number,
  ): Promise<FoundResult[]>
  /** Processes reports that other processes left and reports that failed before. Returns how many were due. */
  workLeft(): Promise<number>
  /** Finishes running batches. The rest stays queued. */
  stop(): Promise<void>
}

type Requester = Pick<Context['request'], 'id' | 'address'>

/** Small enough that no transaction blocks others for long. */
const rowsPerTransaction = 25
/** Each check computes an HMAC and a hash. */
const checksPerTurn = 200
/** Low, so that token verification is not delayed. */
const callsAtOnce = 2
/** How long the receiving process has priority. Deleting the row, not this time, prevents double processing. */
const claimMilliseconds = 60_000

interface Call {
  readonly rows: FoundRow[]
  readonly answers: Map<string, FoundResult>
  readonly done: () => void
}

const asMerged = ({ text, location }: Found) => ({ text, merged: oneReport(location) })

export function openFoundQueue(intake: LeakIntake, onTrouble: (error: unknown) => void): FoundQueue {
  const { database } = intake
  const { world } = intake.baseContext
  const claimEnd = () => new Date(world.now().getTime() + claimMilliseconds).toISOString()
  // Rows that exist at start were mostly left by a process that has exited, so they are due at once.
  const leftAtStart = claimEnd()

  const add: FoundQueue['process'] = async (source, found, request, timeoutMilliseconds) => {
    // All reports of one token by a holder become one row, one report and one notification.
    const entries = source === holder ? mergeReports(found) : found.map(asMerged)
    const rows: (FoundRow | null)[] = []
    for (const [at, { text, merged }] of entries.entries()) {
      if (at % checksPerTurn === checksPerTurn - 1) await new Promise(setImmediate)
      const isOurs = intake.isIssuedHere(text)
      rows.push(isOurs ? rowOf({ text, merged, source, dueAt: claimEnd() }, request, world) : null)
      if (!isOurs) intake.count(source, 'foreign')
    }
    const ours = rows.filter((row) => row !== null)
    if (ours.length === 0) return rows.map(() => null)
    await database.withoutTransaction((db) => insertFound(db, ours))
    const { answers, done } = turns.add(ours)
    await within(done, timeoutMilliseconds)
    return rows.map((row) =>
      row === null ? null : answers.has(row.id) ? (answers.get(row.id) as FoundResult) : 'later',
    )
  }

  const workSome = async (rows: readonly FoundRow[]): Promise<[string, FoundResult][]> => {
    if (rows.length === 0) return []
    const taken = await database.write((db) => processRows(intake, db, rows))
    await intake.afterWrite()
    for (const [{ source }, action] of taken) intake.count(source, action ?? 'foreign')
    return taken.map(([{ id }, action]) => [id, action])
  }
  const turns = takeTurns(workSome, onTrouble)

  const workLeft = async () => {
    if (turns.isStopped()) return 0
    const left = await listFound(database.read, world.now().toISOString(), leftAtStart, rowsPerTransaction)
    await workSome(left).catch(async () => {
      // One row failed the batch. Process them one by one, so that it does not block the others.
      for (const row of left) await workSome([row]).catch((error) => reschedule(row, error))
    })
    return left.length
  }

  /** Retries forever, because the token may be active. */
  const reschedule = async (row: FoundRow, error: unknown) => {
    onTrouble(error)
    const attempts = row.attempts + 1
    const next = nextAttempt(world, Math.min(attempts, attemptsMax - 1)) as Date
    await database.withoutTransaction((db) => rescheduleFound(db, row.id, attempts, next.toISOString()))
  }

  return { process: add, workLeft, stop: turns.stop }
}

/** Processes the rows of calls in batches that alternate between the calls, so that a large one does not delay the others. */
function takeTurns(
  workSome: (rows: readonly FoundRow[]) => Promise<[string, FoundResult][]>,
  onTrouble: (error: unknown) => void,
) {
  const calls: Call[] = []
  let working: Promise<void> | undefined
  let isStopped = false

  const workAll = async () => {
    while (calls.length > 0) await Promise.all(calls.splice(0, callsAtOnce).map(workTurn))
    working = undefined
  }

  const workTurn = async (call: Call) => {
    const some = call.rows.splice(0, rowsPerTransaction)
    // Failed rows stay stored and become due again.
    const answers = await workSome(some).catch(onTrouble)
    for (const [row, answer] of answers ?? []) call.answers.set(row, answer)
    if (call.rows.length > 0 && !isStopped) calls.push(call)
    else call.done()
  }

  return {
    /** Resolves when all rows were processed or failed. */
    add: (rows: FoundRow[]) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const answers = new Map<string, FoundResult>()
      calls.push({ rows, answers, done: resolve })
      working ??= workAll()
      return { answers, done: promise }
    },
    isStopped: () => isStopped,
    stop: async () => {
      isStopped = true
      await working
    },
  }
}

function rowOf(
  { text, merged, source, dueAt }: { text: string; merged: MergedReports; source: string; dueAt: string },
  { id, address }: Requester,
  world: World,
): FoundRow {
  return {
    id: newId(world, 'ft'),
    hash: hashToken(text),
    source,
    location: JSON.stringify(merged),
    requestId: id,
    address,
    dueAt,
    attempts: 0,
  }
}

/** Processes the rows that no other process has taken. */
async function processRows(
  intake: LeakIntake,
  db: Db,
  rows: readonly FoundRow[],
): Promise<[FoundRow, ActionTaken | null][]> {
  const auditedEvents = { rows: 0 }
  const own = await removeFound(
    db,
    rows.map(({ id }) => id),
  )
  const taken = rows.filter(({ id }) => own.has(id))
  const actions = new Map<FoundRow, ActionTaken | null>()
  const process = async (row: FoundRow) => {
    const request = { id: row.requestId, address: row.address, query: new URLSearchParams(), idempotencyKey: null }
    const context = { ...intake.baseContext, db, request, actor: systemActor, auditedEvents }
    actions.set(row, await processFoundToken(intake, context, row))
  }
  for (const round of roundsOf(taken))
    await runTogether(
      db,
      round.map((row) => () => process(row)),
    )
  return taken.map((row) => [row, actions.get(row) ?? null])
}

/** Each round has one report of each token, because the next report of the same token depends on it. */
function roundsOf(rows: readonly FoundRow[]): FoundRow[][] {
  const rounds: FoundRow[][] = []
  const reports = new Map<string, number>()
  for (const row of rows) {
    const token = Buffer.from(row.hash).toString('hex')
    const round = reports.get(token) ?? 0
    reports.set(token, round + 1)
    rounds[round] = [...(rounds[round] ?? []), row]
  }
  return rounds
}

function within(work: Promise<void>, milliseconds: number | undefined): Promise<void> {
  if (milliseconds === undefined) return work
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    void work.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

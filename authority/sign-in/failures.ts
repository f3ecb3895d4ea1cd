/**
 * Counts failed sign-ins and wrong codes, writes them to the audit log once a minute per person, address and reason, and
 * notifies the person when there are many. An email address of no person is not stored, because people type passwords there.
 */
import { limits } from '@mintmark/contract'
import { auditCounted, type CountedEvent } from '../audit/audit-counted.ts'
import type { World } from '../context.ts'
import type { Database } from '../database/database.ts'
import { notifyPersonOnce } from '../notifications/notify.ts'
import { addLoginAttempts } from './login-attempt-store.ts'

export type FailureReason =
  | 'unknown-person'
  | 'wrong-password'
  | 'inactive-person'
  /** A first password that expired, or whose creator no longer holds all rights of this person. */
  | 'password-of-others'
  | 'wrong-code'
  | 'wrong-passkey'
  | 'invalid-link'
  | 'too-many-attempts'

export interface Failure {
  /** Null if the person is unknown. */
  readonly userId: string | null
  readonly reason: FailureReason
  readonly during: 'sign-in' | 're-authentication'
  readonly address: string | null
  readonly requestId: string | null
}

export interface Failures {
  count(failure: Failure): void
  /** Records a successful sign-in, which resets the failed attempts of the person's accounts. */
  succeeded(userId: string): void
  flush(): Promise<void>
}

const rowsMax = 1_000
const peopleMax = 10_000
const dayMilliseconds = 86_400_000

interface Recent {
  since: number
  failures: number
  codes: number
  readonly addresses: Set<string>
}

type AccountsOf = (userId: string) => readonly string[]
type CountedFailure = Failure & { times: number }

export function countFailures(database: Database, world: World, accountsOf: AccountsOf): Failures {
  let counted = new Map<string, CountedFailure>()
  let successes = new Set<string>()
  const recent = new Map<string, Recent>()

  const add = (failure: Failure, times: number) => {
    const { userId, reason, during, address } = failure
    const key = JSON.stringify([userId, reason, during, address])
    const known = counted.get(key)
    if (known) known.times += times
    else if (counted.size < rowsMax) counted.set(key, { ...failure, times })
    // Too many different rows: count this one by reason only.
    else addByReason(failure, times)
  }
  const addByReason = (failure: Failure, times: number) => {
    const anonymous = { ...failure, userId: null, address: null, requestId: null }
    const key = JSON.stringify([null, anonymous.reason, anonymous.during, null])
    const known = counted.get(key)
    if (known) known.times += times
    else counted.set(key, { ...anonymous, times })
  }

  return {
    count: (failure) => add(failure, 1),
    succeeded: (userId) => {
      if (successes.size < peopleMax) successes.add(userId)
    },
    flush: async () => {
      if (counted.size === 0 && successes.size === 0) return
      const [rows, signedIn] = [[...counted.values()], successes]
      counted = new Map()
      successes = new Set()
      const at = world.now().toISOString()
      const events = rows.flatMap((row) => eventsOf(row, row.userId === null ? [] : accountsOf(row.userId)))
      const writing = database.write((db) => auditCounted({ db, world }, events))
      await writing.catch((error) => {
        for (const row of rows) add(row, row.times)
        throw error
      })
      await countLogins(database, accountsOf, { rows, signedIn, at })
      for (const userId of addToRecent(recent, rows, world.now().getTime())) await notifyAboutFailures(userId)
    },
  }

  async function notifyAboutFailures(userId: string): Promise<void> {
    const { failures, codes, addresses, since } = recent.get(userId) as Recent
    const data = { failures, wrongCodes: codes, since: new Date(since).toISOString(), addresses: [...addresses] }
    const dayAgo = new Date(world.now().getTime() - dayMilliseconds).toISOString()
    // Checked in the database: other nodes notify too, and this one may have restarted.
    await database.withoutTransaction((db) =>
      notifyPersonOnce({ db, world }, { kind: 'sign-in.failed', userId, data }, dayAgo),
    )
    recent.delete(userId)
  }
}

/** Adds the failures to the counts of the people's accounts, and resets those of the people who signed in. */
async function countLogins(
  database: Database,
  accountsOf: AccountsOf,
  { rows, signedIn, at }: { rows: readonly CountedFailure[]; signedIn: ReadonlySet<string>; at: string },
): Promise<void> {
  const failed = new Map<string, number>()
  for (const { userId, times } of rows)
    if (userId !== null)
      for (const account of accountsOf(userId)) failed.set(account, (failed.get(account) ?? 0) + times)
  const reset = new Set([...signedIn].flatMap((userId) => [...accountsOf(userId)]))
  for (const account of new Set([...failed.keys(), ...reset]))
    await database.withoutTransaction((db) =>
      addLoginAttempts(db, account, at, failed.get(account) ?? 0, reset.has(account)),
    )
}

/** Adds to each person's count of the last 24 hours. Returns the IDs of the people to notify now. */
function addToRecent(recent: Map<string, Recent>, rows: readonly CountedFailure[], now: number): string[] {
  const touched = new Set<string>()
  for (const { userId, reason, address, times } of rows) {
    if (userId === null) continue
    touched.add(userId)
    let known = recent.get(userId)
    if (!known || known.since < now - dayMilliseconds) {
      if (recent.size >= peopleMax) recent.delete(recent.keys().next().value as string)
      known = { since: now, failures: 0, codes: 0, addresses: new Set() }
      recent.set(userId, known)
    }
    known.failures += times
    // A wrong code means that the password was right.
    if (reason === 'wrong-code') known.codes += times
    if (address !== null && known.addresses.size < 5) known.addresses.add(address)
  }
  return [...touched].filter((userId) => {
    const known = recent.get(userId)
    return (
      known &&
      (known.failures >= limits.failedSignInsUntilNotification || known.codes >= limits.wrongCodesUntilNotification)
    )
  })
}

/** Returns one event per account of the person. */
function eventsOf(failure: CountedFailure, accounts: readonly string[]): CountedEvent[] {
  const { userId, reason, during, address, requestId, times } = failure
  const each = accounts.length > 0 ? accounts : [null]
  return each.map((accountId) => ({
    action: reason === 'too-many-attempts' ? 'sessions.limited' : 'sessions.failed',
    accountId,
    subjectType: 'users',
    subjectId: userId,
    address,
    requestId,
    after: { reason, during },
    times,
  }))
}

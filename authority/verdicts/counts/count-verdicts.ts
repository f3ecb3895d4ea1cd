/** Counts verdicts by account, minute and outcome in memory, and writes them periodically, so that no verdict waits for a write. */
import type { World } from '../../context.ts'
import type { Database } from '../../database/database.ts'
import { addCounts, dropCountsBefore, type VerdictCount } from './verdict-count-store.ts'

const keptMilliseconds = 86_400_000
const rowsPerStatement = 200

export interface VerdictCounts {
  count(accounts: readonly string[], outcome: string): void
  /** A crash loses the counts since the last flush. */
  flush(): Promise<void>
}

export function countVerdicts(database: Database, world: World): VerdictCounts {
  let counted = new Map<string, VerdictCount>()
  /** Those of the current minute by outcome and account, because a key costs more than two look-ups. */
  let current = new Map<string, Map<string, VerdictCount>>()
  const minuteOf = (milliseconds: number) => new Date(Math.floor(milliseconds / 60_000) * 60_000).toISOString()
  const find = (accountId: string, minute: string, outcome: string): VerdictCount => {
    const key = `${accountId} ${minute} ${outcome}`
    const found = counted.get(key) ?? { accountId, minute, outcome, times: 0 }
    counted.set(key, found)
    return found
  }
  const findCurrent = (accountId: string, outcome: string): VerdictCount => {
    const accounts = current.get(outcome) ?? new Map<string, VerdictCount>()
    const found = accounts.get(accountId) ?? find(accountId, minute, outcome)
    if (accounts.size === 0) current.set(outcome, accounts)
    accounts.set(accountId, found)
    return found
  }
  let minute = ''
  let until = 0
  return {
    count: (accounts, outcome) => {
      const now = world.now().getTime()
      if (now >= until || now < until - 60_000) {
        minute = minuteOf(now)
        until = Date.parse(minute) + 60_000
        current = new Map()
      }
      for (const account of accounts) findCurrent(account, outcome).times += 1
    },
    flush: async () => {
      if (counted.size === 0) return
      const rows = [...counted.values()]
      counted = new Map()
      current = new Map()
      const writing = database.withoutTransaction(async (db) => {
        for (let start = 0; start < rows.length; start += rowsPerStatement)
          await addCounts(db, rows.slice(start, start + rowsPerStatement))
        await dropCountsBefore(db, minuteOf(world.now().getTime() - keptMilliseconds))
      }, 'later')
      await writing.catch((error) => {
        for (const { accountId, minute, outcome, times } of rows) find(accountId, minute, outcome).times += times
        throw error
      })
    },
  }
}

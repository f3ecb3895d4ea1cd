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
  const minuteOf = (milliseconds: number) => new Date(Math.floor(milliseconds / 60_000) * 60_000).toISOString()
  const add = (accountId: string, minute: string, outcome: string, times: number) => {
    const key = `${accountId} ${minute} ${outcome}`
    const known = counted.get(key)
    if (known) known.times += times
    else counted.set(key, { accountId, minute, outcome, times })
  }
  let minute = ''
  let until = 0
  return {
    count: (accounts, outcome) => {
      const now = world.now().getTime()
      if (now >= until || now < until - 60_000) {
        minute = minuteOf(now)
        until = Date.parse(minute) + 60_000
      }
      for (const account of accounts) add(account, minute, outcome, 1)
    },
    flush: async () => {
      if (counted.size === 0) return
      const rows = [...counted.values()]
      counted = new Map()
      const writing = database.withoutTransaction(async (db) => {
        for (let start = 0; start < rows.length; start += rowsPerStatement)
          await addCounts(db, rows.slice(start, start + rowsPerStatement))
        await dropCountsBefore(db, minuteOf(world.now().getTime() - keptMilliseconds))
      })
      await writing.catch((error) => {
        for (const { accountId, minute, outcome, times } of rows) add(accountId, minute, outcome, times)
        throw error
      })
    },
  }
}

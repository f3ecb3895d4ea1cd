/** Collects in memory when, from where and for what tokens were used, and writes it in small slices. Never delays a verdict. */
import type { World } from '../../context.ts'
import type { Database } from '../../database/database.ts'
import { networkOf } from '../../verdicts/networks.ts'
import { addUses, otherNetworks, type TokenUse } from './token-activity-store.ts'

const flushMilliseconds = 1_000
/** Distinct uses per token between two writes. Further ones are combined. */
const usesMax = 100
/** Few enough for 10 ms of CPU, in which SQLite serves nothing else, and for a short transaction. */
const rowsPerSlice = 200
const others = `others ${otherNetworks}`

/** Counts by operation and address. */
type Uses = Map<string, number>

export interface Usage {
  recordUse(tokenId: string, address: string, operation: string): void
  wasUsed(tokenId: string): boolean
  /** Writes all uses recorded so far. Those that could not be written are kept. */
  flush(): Promise<void>
  stop(): Promise<void>
}

/**
 * A crash loses the uses of the last second, and those recorded while that is written. `last_used_at` is the time of writing, so
 * it is never too early.
 */
export function collectUsage(database: Database, world: World, onTrouble: (error: unknown) => void): Usage {
  const waiting = new Map<string, Uses>()
  let writing: ReadonlyMap<string, Uses> = new Map()
  let running: Promise<void> | undefined

  const add = (tokenId: string, use: string, times: number) => {
    const uses = waiting.get(tokenId) ?? new Map<string, number>()
    if (uses.size === 0) waiting.set(tokenId, uses)
    const known = uses.get(use)
    const key = known !== undefined || uses.size < usesMax ? use : others
    uses.set(key, (known ?? uses.get(key) ?? 0) + times)
  }
  const useOf = repeatedUse()

  const write = async () => {
    // Tokens used from now on are written by the next flush, so that this one ends.
    let left = waiting.size
    try {
      for (; left > 0; left -= writing.size) {
        writing = takeSlice(waiting, left)
        await database.withoutTransaction((db) => addUses(db, rowsOf(writing), world.now().toISOString()))
      }
    } catch (error) {
      for (const [tokenId, uses] of writing) for (const [use, times] of uses) add(tokenId, use, times)
      onTrouble(error)
    } finally {
      writing = new Map()
    }
  }
  const flush = () => {
    running = (running ?? Promise.resolve()).then(write)
    return running
  }
  const timer = setInterval(() => void flush(), flushMilliseconds)
  timer.unref()
  return {
    recordUse: (tokenId, address, operation) => add(tokenId, useOf(operation, address), 1),
    wasUsed: (tokenId) => waiting.has(tokenId) || writing.has(tokenId),
    flush,
    stop: () => {
      clearInterval(timer)
      return flush()
    },
  }
}

/** Returns the same string for the same use as before: a new one would be hashed again, once per request. */
function repeatedUse(): (operation: string, address: string) => string {
  let last = { operation: '', address: '', use: '' }
  return (operation, address) => {
    if (last.operation !== operation || last.address !== address)
      last = { operation, address, use: `${operation} ${address}` }
    return last.use
  }
}

/** Removes and returns the uses of the tokens that have waited longest. */
function takeSlice(waiting: Map<string, Uses>, tokensMax: number): ReadonlyMap<string, Uses> {
  const slice = new Map<string, Uses>()
  let rows = 0
  for (const [tokenId, uses] of waiting) {
    slice.set(tokenId, uses)
    waiting.delete(tokenId)
    rows += uses.size
    if (rows >= rowsPerSlice || slice.size === tokensMax) break
  }
  return slice
}

function rowsOf(used: ReadonlyMap<string, Uses>): TokenUse[] {
  return [...used].flatMap(([tokenId, uses]) =>
    [...uses].map(([use, times]) => {
      const [operation = '', address = ''] = use.split(' ')
      return { tokenId, network: networkOf(address) ?? otherNetworks, operation, times }
    }),
  )
}

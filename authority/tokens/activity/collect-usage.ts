/** Collects in memory when, from where and for what tokens were used, and writes it in batches. Never delays a verdict. */
import type { World } from '../../context.ts'
import type { Database } from '../../database/database.ts'
import { networkOf } from '../../verdicts/networks.ts'
import { writeLastUsed } from '../access-token-store.ts'
import { addActivity, otherNetworks, type TokenActivity } from './token-activity-store.ts'

const flushMilliseconds = 1_000
/** Distinct uses per token between two writes. Further ones are combined. */
const usesMax = 100
const rowsPerSlice = 400
const others = `others ${otherNetworks}`

/** Counts by operation and address. */
type Uses = Map<string, number>

export interface Usage {
  recordUse(tokenId: string, address: string, operation: string): void
  wasUsed(tokenId: string): boolean
  flush(): Promise<void>
  stop(): Promise<void>
}

/** A crash loses at most the last second of activity. */
export function collectUsage(database: Database, world: World, onTrouble: (error: unknown) => void): Usage {
  let waiting = new Map<string, Uses>()
  let writing = new Map<string, Uses>()
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
    if (waiting.size === 0) return
    writing = waiting
    waiting = new Map()
    try {
      const at = world.now().toISOString()
      for (const slice of slicesOf(writing)) {
        await database.write(async (db) => {
          await writeLastUsed(db, [...slice.keys()], at)
          await addActivity(db, rowsOf(slice, at))
        })
        for (const tokenId of slice.keys()) writing.delete(tokenId)
      }
    } catch (error) {
      // Kept for the next flush.
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

/** Limits the rows per transaction, so that other writes do not wait long. */
function* slicesOf(used: ReadonlyMap<string, Uses>): Generator<ReadonlyMap<string, Uses>> {
  let slice = new Map<string, Uses>()
  let rows = 0
  for (const [tokenId, uses] of [...used]) {
    slice.set(tokenId, uses)
    rows += uses.size
    if (rows < rowsPerSlice) continue
    yield slice
    slice = new Map()
    rows = 0
  }
  if (slice.size > 0) yield slice
}

function rowsOf(used: ReadonlyMap<string, Uses>, at: string): TokenActivity[] {
  return [...used].flatMap(([tokenId, uses]) =>
    [...uses].map(([use, times]) => {
      const [operation = '', address = ''] = use.split(' ')
      return { tokenId, network: networkOf(address) ?? otherNetworks, operation, firstAt: at, lastAt: at, times }
    }),
  )
}

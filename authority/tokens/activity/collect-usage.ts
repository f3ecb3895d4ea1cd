/** Collects in memory when, from where and for what tokens were used, and writes it in small slices. Never delays a verdict. */
import type { World } from '../../context.ts'
import type { Database } from '../../database/database.ts'
import { networkOf } from '../../verdicts/networks.ts'
import { addUses, otherNetworks, type TokenUse } from './token-activity-store.ts'

const flushMilliseconds = 1_000
/** A token that is in use all the time is written once in this many flushes, because a write costs more than a verdict. */
const flushesPerRound = 10
/** Distinct uses per token between two writes. Further ones are combined. */
const usesMax = 100
/** Few enough for 10 ms of CPU, in which SQLite serves nothing else, and for a short transaction. */
const rowsPerSlice = 200
const others = `others ${otherNetworks}`

/**
 * `denied`: the use, which was counted before, was denied. `rejected`: the token was not valid, so the request was no use.
 */
export type UseOutcome = 'used' | 'denied' | 'rejected'

/** Counts by operation, address and outcome. */
type Uses = Map<string, number>

export interface Usage {
  recordUse(tokenId: string, address: string, operation: string, outcome?: UseOutcome): void
  wasUsed(tokenId: string): boolean
  /** Writes all uses recorded so far. Those that could not be written are kept. */
  flush(): Promise<void>
  stop(): Promise<void>
}

/**
 * The first use of a token is written within about a second, further ones within ten; a crash loses what is not written yet.
 * `last_used_at` is the time of writing, so it is never too early.
 */
export function collectUsage(database: Database, world: World, onTrouble: (error: unknown) => void): Usage {
  let waiting = new Map<string, Uses>()
  /** The uses of tokens that were written in this round. They are written at its end. */
  let later = new Map<string, Uses>()
  let written = new Set<string>()
  let due: ReadonlyMap<string, Uses> = new Map()
  let running: Promise<void> | undefined
  let flushes = 0

  const add = (tokenId: string, use: string, times: number) => {
    const collected = written.has(tokenId) ? later : waiting
    const uses = collected.get(tokenId) ?? new Map<string, number>()
    if (uses.size === 0) collected.set(tokenId, uses)
    const known = uses.get(use)
    const key = known !== undefined || uses.size < usesMax ? use : others + use.slice(use.lastIndexOf(' '))
    uses.set(key, (known ?? uses.get(key) ?? 0) + times)
  }
  const useOf = repeatedUse()

  const write = async (collected: Map<string, Uses>) => {
    due = collected
    try {
      for (const slice of slicesOf(collected)) {
        await database.withoutTransaction((db) => addUses(db, rowsOf(slice), world.now().toISOString()), 'later')
        for (const tokenId of slice.keys()) {
          collected.delete(tokenId)
          written.add(tokenId)
        }
      }
    } catch (error) {
      for (const [tokenId, uses] of collected) for (const [use, times] of uses) add(tokenId, use, times)
      onTrouble(error)
    } finally {
      due = new Map()
    }
  }
  const writeWaiting = () => {
    const collected = waiting
    waiting = new Map()
    return write(collected)
  }
  const writeLater = () => {
    const collected = later
    later = new Map()
    written = new Set()
    return write(collected)
  }
  const afterRunning = (work: () => Promise<void>) => {
    running = (running ?? Promise.resolve()).then(work)
    return running
  }
  const flush = () => {
    void afterRunning(writeLater)
    return afterRunning(writeWaiting)
  }
  const timer = setInterval(() => {
    flushes += 1
    void (flushes % flushesPerRound === 0 ? flush() : afterRunning(writeWaiting))
  }, flushMilliseconds)
  timer.unref()
  return {
    recordUse: (tokenId, address, operation, outcome = 'used') => add(tokenId, useOf(operation, address, outcome), 1),
    wasUsed: (tokenId) => [waiting, later, due].some((collected) => hasUse(collected.get(tokenId))),
    flush,
    stop: () => {
      clearInterval(timer)
      return flush()
    },
  }
}

const hasUse = (uses: Uses = new Map()): boolean => [...uses.keys()].some((use) => !use.endsWith(' rejected'))

/** Returns the same string for the same use as before: a new one would be hashed again, once per request. */
function repeatedUse(): (operation: string, address: string, outcome: UseOutcome) => string {
  let last = { operation: '', address: '', outcome: '', use: '' }
  return (operation, address, outcome) => {
    if (last.operation !== operation || last.address !== address || last.outcome !== outcome)
      last = { operation, address, outcome, use: `${operation} ${address} ${outcome}` }
    return last.use
  }
}

/** In the order of the first use. Those of the last slice may be removed meanwhile. */
function* slicesOf(collected: ReadonlyMap<string, Uses>): Generator<ReadonlyMap<string, Uses>> {
  let slice = new Map<string, Uses>()
  let rows = 0
  for (const [tokenId, uses] of collected) {
    slice.set(tokenId, uses)
    rows += uses.size
    if (rows < rowsPerSlice) continue
    yield slice
    slice = new Map()
    rows = 0
  }
  if (slice.size > 0) yield slice
}

function rowsOf(used: ReadonlyMap<string, Uses>): TokenUse[] {
  return [...used].flatMap(([tokenId, uses]) =>
    [...uses].map(([use, count]) => {
      const [operation = '', address = '', outcome] = use.split(' ')
      const of = (counted: UseOutcome) => (outcome === counted ? count : 0)
      const counts = { times: of('used'), denied: of('denied'), rejected: of('rejected') }
      return { tokenId, network: networkOf(address) ?? otherNetworks, operation, ...counts }
    }),
  )
}

/** When tokens were last used, gathered in memory and written in batches with one time each; it never delays a verdict. */
import type { World } from '../context.ts'
import type { Database } from '../database/database.ts'
import { writeLastUsed } from './access-token-store.ts'

const flushMilliseconds = 1_000

export interface Usage {
  seen(tokenId: string): void
  wasUsed(tokenId: string): boolean
  flush(): Promise<void>
  stop(): Promise<void>
}

/** A crash loses at most the last second of it. */
export function gatherUsage(database: Database, world: World, onTrouble: (error: unknown) => void): Usage {
  let waiting = new Set<string>()
  let writing = new Set<string>()
  let running: Promise<void> | undefined

  const write = async () => {
    if (waiting.size === 0) return
    writing = waiting
    waiting = new Set()
    try {
      await database.write((db) => writeLastUsed(db, [...writing], world.now().toISOString()))
    } catch (error) {
      // Kept for the next turn.
      waiting = new Set([...writing, ...waiting])
      onTrouble(error)
    } finally {
      writing = new Set()
    }
  }
  const flush = () => {
    running = (running ?? Promise.resolve()).then(write)
    return running
  }
  const timer = setInterval(() => void flush(), flushMilliseconds)
  timer.unref()
  return {
    seen: (tokenId) => void waiting.add(tokenId),
    wasUsed: (tokenId) => waiting.has(tokenId) || writing.has(tokenId),
    flush,
    stop: () => {
      clearInterval(timer)
      return flush()
    },
  }
}

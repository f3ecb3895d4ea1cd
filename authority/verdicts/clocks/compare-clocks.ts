/** Compares the clocks of the nodes: each may be within the tolerance of the database's clock, and two still too far apart. */
import type { Logger } from 'pino'
import type { World } from '../../context.ts'
import type { Database } from '../../database/database.ts'
import { newId } from '../../ids.ts'
import { clockToleranceMilliseconds, type DatabaseClock } from './clock.ts'
import { exchangeClocks } from './node-clock-store.ts'

/** A node that has not been observed for longer is gone. */
const observedMilliseconds = 5 * 60_000

interface Options {
  readonly database: Database
  readonly world: World
  readonly logger: Logger
  /** Undefined if the database uses this machine's clock; then there are no other nodes. */
  readonly clock: Pick<DatabaseClock, 'offset'> | undefined
}

/** Returns a function that compares this node's clock with those of the others, and logs when a pair starts to differ or agrees again. */
export function compareClocks({ database, world, logger, clock }: Options): () => Promise<void> {
  if (!clock) return async () => undefined
  const id = newId(world, 'node')
  let differing = new Set<string>()
  return async () => {
    const now = world.now()
    const own = { id, offsetMilliseconds: Math.round(clock.offset), observedAt: now.toISOString() }
    const oldest = new Date(now.getTime() - observedMilliseconds).toISOString()
    const others = await database.withoutTransaction((db) => exchangeClocks(db, own, oldest))
    const apart = others.filter(
      ({ offsetMilliseconds }) => Math.abs(offsetMilliseconds - own.offsetMilliseconds) > clockToleranceMilliseconds,
    )
    for (const other of apart)
      if (!differing.has(other.id))
        logger.error(
          { node: other.id, differenceMilliseconds: own.offsetMilliseconds - other.offsetMilliseconds },
          'the clock differs from the clock of another node by more than 2 seconds',
        )
    if (differing.size > 0 && apart.length === 0)
      logger.info('the clock agrees with the clocks of the other nodes again')
    differing = new Set(apart.map((other) => other.id))
  }
}

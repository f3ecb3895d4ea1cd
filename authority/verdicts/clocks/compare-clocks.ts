/** Compares the clocks of the nodes: each may be within the tolerance of the database's clock, and two still too far apart. */
import type { Logger } from 'pino'
import type { World } from '../../context.ts'
import type { Database } from '../../database/database.ts'
import { newId } from '../../ids.ts'
import { clockToleranceMilliseconds, type DatabaseClock } from './clock.ts'
import { exchangeClocks } from './node-clock-store.ts'

/** A node that has not been observed for longer is gone. */
const observedMilliseconds = 5 * 60_000

/** A pair that differs has to come this close to agree again. */
const agreementMilliseconds = 1_500
/** The limit of the column. A clock that is weeks away is far enough. */
const offsetMillisecondsMax = 2 ** 31 - 1

interface Options {
  readonly database: Database
  readonly world: World
  readonly logger: Logger
  /** Undefined if the database uses this machine's clock; then there are no other nodes. */
  readonly clock: Pick<DatabaseClock, 'offset'> | undefined
}

/**
 * Returns a function that compares this node's clock with those of the others. It logs each node whose clock starts to differ,
 * and when none does any more. A clock near the tolerance counts as differing until it is clearly within.
 */
export function compareClocks({ database, world, logger, clock }: Options): () => Promise<void> {
  if (!clock) return async () => undefined
  const id = newId(world, 'node')
  let differing = new Set<string>()
  return async () => {
    const now = world.now()
    const own = { id, offsetMilliseconds: clamped(Math.round(clock.offset)), observedAt: now.toISOString() }
    const oldest = new Date(now.getTime() - observedMilliseconds).toISOString()
    const others = await database.withoutTransaction((db) => exchangeClocks(db, own, oldest))
    const apart = others.filter(
      (other) =>
        Math.abs(other.offsetMilliseconds - own.offsetMilliseconds) >
        (differing.has(other.id) ? agreementMilliseconds : clockToleranceMilliseconds),
    )
    for (const other of apart)
      if (!differing.has(other.id))
        logger.error(
          { node: other.id, differenceMilliseconds: own.offsetMilliseconds - other.offsetMilliseconds },
          'the clock differs from the clock of another node by more than 2 seconds',
        )
    if (differing.size > 0 && apart.length === 0)
      logger.info('the clock of no other node differs by more than 2 seconds any more')
    differing = new Set(apart.map((other) => other.id))
  }
}

const clamped = (milliseconds: number): number =>
  Math.max(-offsetMillisecondsMax, Math.min(offsetMillisecondsMax, milliseconds))

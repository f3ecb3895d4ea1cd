/** Measures how far this machine's clock is from the database's, which all nodes share. */
import type { World } from '../../context.ts'

/** If the clocks differ by more than this, the database's time is used. */
export const clockToleranceMilliseconds = 2_000
/** A slower answer is ignored: the error of a measurement is half of the time it took. */
const slowestMilliseconds = 1_000

export class DatabaseClock {
  readonly #world: Pick<World, 'now'>
  /** How many milliseconds the database's clock is ahead; negative if it is behind. */
  #offset = 0

  constructor(world: Pick<World, 'now'>) {
    this.#world = world
  }

  get offset(): number {
    return this.#offset
  }

  get isTrusted(): boolean {
    return Math.abs(this.#offset) <= clockToleranceMilliseconds
  }

  /** `took`: milliseconds between query and answer. Returns whether trust in this machine's clock was lost or regained. */
  observe(databaseTime: number, took: number): boolean {
    if (took > slowestMilliseconds) return false
    const before = this.isTrusted
    this.#offset = databaseTime - (this.#world.now().getTime() - took / 2)
    return before !== this.isTrusted
  }

  /** The time of this machine, or of the database if they differ too much. */
  now(): Date {
    const own = this.#world.now()
    return this.isTrusted ? own : new Date(own.getTime() + this.#offset)
  }
}

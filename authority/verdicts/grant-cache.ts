/** The grants of owners, read on first use. A change of rights replaces the whole cache. */
import type { Grant } from '@mintmark/token'
import type { Db } from '../database/database.ts'
import { findGrants } from '../rights/rights-view.ts'
import type { Owner } from './verdict-store.ts'

export class GrantCache {
  readonly #db: Db
  /** By owner ID. Includes grants that are still being read. */
  readonly #reads = new Map<string, Promise<readonly Grant[]>>()
  readonly #known = new Map<string, readonly Grant[]>()

  constructor(db: Db) {
    this.#db = db
  }

  get reads(): ReadonlyMap<string, Promise<readonly Grant[]>> {
    return this.#reads
  }

  /** Returns undefined if the grants of this owner have not been read yet. */
  known(ownerId: string): readonly Grant[] | undefined {
    return this.#known.get(ownerId)
  }

  find({ kind, id }: Owner): Promise<readonly Grant[]> {
    const reading = this.#reads.get(id) ?? this.#read(kind, id)
    this.#reads.set(id, reading)
    return reading
  }

  async #read(kind: Owner['kind'], id: string): Promise<readonly Grant[]> {
    try {
      const grants = await findGrants(this.#db, kind, id)
      this.#known.set(id, grants)
      return grants
    } catch (error) {
      this.#reads.delete(id)
      throw error
    }
  }
}

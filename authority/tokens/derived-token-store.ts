/** A bounded list of the tokens that other tokens created. `findDerived` returns all of them. */
import { sql } from 'kysely'
import type { Db } from '../database/database.ts'

export interface Derived {
  /** The index of the creating token in the given list. */
  readonly at: number
  readonly id: string
  readonly name: string | null
  readonly lastCharacters: string
}

interface Row extends Derived {
  readonly revokedAt: string | null
}

interface Root {
  readonly at: number
  readonly id: string
  /** The tokens whose children are read next. */
  readonly parents: readonly string[]
}

/** The maximum depth. Rotations do not count. */
const levelsMax = 5
const rowsPerLevelMax = 200

/** Returns some live tokens that each token created, directly or through others, in the order of the given list. */
export async function listDerived(db: Db, ids: readonly string[], rowsOfEachMax: number): Promise<Derived[]> {
  const found = ids.map(() => new Map<string, Row>())
  let roots: Root[] = ids.map((id, at) => ({ at, id, parents: [id] }))
  for (let level = 0; level < levelsMax && roots.length > 0; level++) {
    const rows = Map.groupBy(await createdBy(db, roots), ({ at }) => at)
    roots = roots.flatMap(({ at, id }) => {
      const known = found[at] as Map<string, Row>
      const fresh = (rows.get(at) ?? []).filter((row) => row.id !== id && !known.has(row.id))
      for (const row of fresh) known.set(row.id, row)
      return fresh.length > 0 && known.size < rowsPerLevelMax ? [{ at, id, parents: fresh.map((row) => row.id) }] : []
    })
  }
  return found.flatMap((rows) =>
    [...rows.values()]
      .filter(({ revokedAt }) => revokedAt === null)
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, rowsOfEachMax)
      .map(({ revokedAt: _, ...row }) => row),
  )
}

/** Reads all in one statement. Includes what later rotations of a token created; their own revoked successors are left out. */
async function createdBy(db: Db, roots: readonly Root[]): Promise<Row[]> {
  const parts = roots.map(
    ({ at, parents }) => sql`
      select * from (
        select ${sql.lit(at)} as at, t.id, t.name, t.last_characters, t.revoked_at
          from access_tokens p
          join access_tokens f on f.id = p.id
            or (f.family = p.family and f.predecessor_id is not null and f.created_at >= p.created_at)
          join access_tokens t on t.parent_id = f.id
         where p.id in (${sql.join(parents)}) and (t.revoked_at is null or t.family <> f.family)
         limit ${sql.lit(rowsPerLevelMax)}
      ) part`,
  )
  const { rows } = await sql<Row>`${sql.join(parts, sql` union all `)}`.execute(db)
  return rows
}

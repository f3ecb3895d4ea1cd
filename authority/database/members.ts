/** To-many relations with a table of their own, and unique values. */
import { sql } from 'kysely'
import type { Db } from './database.ts'
import type { StoredRecord } from './resource-view.ts'

/** Returns the member ids of each owner, read in one query and in a stable order. */
export async function membersOf(
  db: Db,
  table: string,
  ownerColumn: string,
  memberColumn: string,
  owners: readonly StoredRecord[],
): Promise<(id: string) => string[]> {
  if (owners.length === 0) return () => []
  const { rows } = await sql<{ owner: string; member: string }>`
    select ${sql.raw(ownerColumn)} as owner, ${sql.raw(memberColumn)} as member from ${sql.raw(table)}
     where ${sql.raw(ownerColumn)} in (${sql.join(owners.map(({ id }) => id))}) order by 2`.execute(db)
  const grouped = Map.groupBy(rows, ({ owner }) => owner)
  return (id) => (grouped.get(id) ?? []).map(({ member }) => member)
}

/** Replaces all members of a to-many relation. Members that stay are not written, so nothing is published for them. */
export async function replaceMembers(
  db: Db,
  table: string,
  owner: readonly [column: string, id: string],
  memberColumn: string,
  members: readonly string[],
): Promise<void> {
  const others = members.length > 0 ? sql` and ${sql.raw(memberColumn)} not in (${sql.join(members)})` : sql``
  await sql`delete from ${sql.raw(table)} where ${sql.raw(owner[0])} = ${owner[1]}${others}`.execute(db)
  await addMembers(db, table, owner, memberColumn, members)
}

export async function addMembers(
  db: Db,
  table: string,
  owner: readonly [column: string, id: string],
  memberColumn: string,
  members: readonly string[],
): Promise<void> {
  if (members.length === 0) return
  const rows = sql.join([...new Set(members)].map((member) => sql`(${owner[1]}, ${member})`))
  await sql`insert into ${sql.raw(table)} (${sql.raw(owner[0])}, ${sql.raw(memberColumn)}) values ${rows} on conflict do nothing`.execute(
    db,
  )
}

export async function removeMembers(
  db: Db,
  table: string,
  owner: readonly [column: string, id: string],
  memberColumn: string,
  members: readonly string[],
): Promise<void> {
  if (members.length === 0) return
  await sql`delete from ${sql.raw(table)} where ${sql.raw(owner[0])} = ${owner[1]} and ${sql.raw(memberColumn)} in (${sql.join(members)})`.execute(
    db,
  )
}

/** Whether another row has these values. `but` is the id of a row to ignore. */
export async function isTaken(
  db: Db,
  table: string,
  values: Readonly<Record<string, string | null>>,
  but?: string,
): Promise<boolean> {
  const same = Object.entries(values).map(([column, value]) =>
    value === null ? sql`${sql.raw(column)} is null` : sql`${sql.raw(column)} = ${value}`,
  )
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.raw(table)} where ${sql.join(same, sql` and `)} limit 2`.execute(db)
  return rows.some(({ id }) => id !== but)
}

/** To-many relations with a table of their own, and unique values. */
import { snake } from '@mintmark/contract'
import { sql } from 'kysely'
import type { Db } from './database.ts'
import type { Tables } from './schema/tables.ts'

/** Returns the member ids of each owner, read in one query and in a stable order. */
export async function membersOf(
  db: Db,
  table: string,
  ownerColumn: string,
  memberColumn: string,
  owners: readonly { readonly id: string }[],
): Promise<(id: string) => string[]> {
  if (owners.length === 0) return () => []
  const { rows } = await sql<{ owner: string; member: string }>`
    select ${sql.raw(ownerColumn)} as owner, ${sql.raw(memberColumn)} as member from ${sql.raw(table)}
     where ${sql.raw(ownerColumn)} in (${sql.join(owners.map(({ id }) => id))}) order by 2`.execute(db)
  const grouped = Map.groupBy(rows, ({ owner }) => owner)
  return (id) => (grouped.get(id) ?? []).map(({ member }) => member)
}

/** The members of a to-many relation that has a table of its own. */
export interface Members {
  add(db: Db, owner: string, members: readonly string[]): Promise<void>
  remove(db: Db, owner: string, members: readonly string[]): Promise<void>
  /** Makes the members exactly these. Those that stay are not written: nothing is published for them. */
  replace(db: Db, owner: string, members: readonly string[]): Promise<void>
}

export function membersIn<T extends keyof Tables>(
  table: T,
  ownerColumn: keyof Tables[T] & string,
  memberColumn: keyof Tables[T] & string,
): Members {
  const [name, owning, member] = [table, ownerColumn, memberColumn].map((each) => sql.raw(snake(each)))
  const add: Members['add'] = async (db, owner, members) => {
    if (members.length === 0) return
    const rows = sql.join([...new Set(members)].map((each) => sql`(${owner}, ${each})`))
    await sql`insert into ${name} (${owning}, ${member}) values ${rows} on conflict do nothing`.execute(db)
  }
  return {
    add,
    remove: async (db, owner, members) => {
      if (members.length > 0)
        await sql`delete from ${name} where ${owning} = ${owner} and ${member} in (${sql.join(members)})`.execute(db)
    },
    replace: async (db, owner, members) => {
      const others = members.length > 0 ? sql` and ${member} not in (${sql.join(members)})` : sql``
      await sql`delete from ${name} where ${owning} = ${owner}${others}`.execute(db)
      await add(db, owner, members)
    },
  }
}

/** Whether another row has the name within the same scope. `but` is the row that may have it. */
export type NameCheck<Scope extends string> = (
  db: Db,
  within: Readonly<Record<Scope, string | null>>,
  name: string,
  but?: string,
) => Promise<boolean>

/** Checks the names of a table that are unique within the values of these columns. */
export function nameCheck<T extends keyof Tables, Scope extends keyof Tables[T] & string>(
  table: T,
  ...columns: readonly Scope[]
): NameCheck<Scope> {
  return async (db, within, name, but) => {
    const same = columns.map((column) => {
      const value = within[column]
      return value === null ? sql`${sql.raw(snake(column))} is null` : sql`${sql.raw(snake(column))} = ${value}`
    })
    const { rows } = await sql<{ id: string }>`
      select id from ${sql.raw(snake(table))} where ${sql.join([...same, sql`name = ${name}`], sql` and `)} limit 2`.execute(
      db,
    )
    return rows.some(({ id }) => id !== but)
  }
}

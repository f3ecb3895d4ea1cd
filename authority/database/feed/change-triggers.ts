/**
 * Generates the triggers that publish changes, for each database. They run in the transaction of the write and leave the
 * sequence number to the default of its column, on which the position of readers depends (0024-change-numbers).
 */
import type { Database } from '../database.ts'
import type { ChangeEvent, Watched } from './watched-tables.ts'

/** Returns statements that install or replace the triggers of these tables. They rewrite no row. */
export function changeTriggers(tables: readonly Watched[]): Readonly<Record<Database['kind'], readonly string[]>> {
  const statements = (make: (of: Watched, event: ChangeEvent) => readonly string[]) =>
    tables.flatMap((of) => of.events.flatMap((event) => make(of, event)))
  return { sqlite: statements(sqliteTrigger), postgres: statements(postgresTrigger) }
}

const nameOf = ({ table }: Watched, event: ChangeEvent): string => `publish_${table}_${event}`

const into = 'insert into changes (kind, key, mark)'
// Distinguishes a change from one that reuses its number after a restore.
const mark = 'cast(random() as varchar(32))'

/** A row trigger, because SQLite has no statement triggers. It does not fire if no watched column is set. */
function sqliteTrigger(of: Watched, event: ChangeEvent): string[] {
  const { table, kind, key, absentOnceSet } = of
  const columns = absentOnceSet ? [...of.columns, absentOnceSet] : of.columns
  const name = nameOf(of, event)
  const rows = { insert: ['new'], update: ['old', 'new'], delete: ['old'] }[event]
  const isChanged = columns.map((column) => `old.${column} is not new.${column}`).join(' or ')
  const isPresent = rows.map((row) => `${row}.${absentOnceSet} is null`).join(' or ')
  const conditions = [...(event === 'update' ? [isChanged] : []), ...(absentOnceSet ? [isPresent] : [])]
  const when = conditions.length > 0 ? ` when ${conditions.map((text) => `(${text})`).join(' and ')}` : ''
  const publish = (row: string) => `${into} values ('${kind}', ${row}.${key}, ${mark});`
  const publishOld = `${into} select '${kind}', old.${key}, ${mark} where old.${key} is not new.${key};`
  return [
    `drop trigger if exists ${name}`,
    `create trigger ${name} after ${event}${event === 'update' ? ` of ${columns.join(', ')}` : ''} on ${table}${when}
begin ${event === 'update' ? `${publishOld} ` : ''}${publish(rows.at(-1) as string)} end`,
  ]
}

/**
 * A statement trigger with transition tables. Rows whose watched columns are unchanged cancel out; the rest is published under
 * the old and the new key, each key once.
 */
function postgresTrigger(of: Watched, event: ChangeEvent): string[] {
  const { table, kind, key, columns, absentOnceSet } = of
  const name = nameOf(of, event)
  const present = absentOnceSet ? ` where ${absentOnceSet} is null` : ''
  const rowsOf = (rows: string) => `select ${columns.join(', ')} from ${rows}${present}`
  const changed = {
    insert: rowsOf('new_rows'),
    update: `(${rowsOf('old_rows')} except ${rowsOf('new_rows')}) union all (${rowsOf('new_rows')} except ${rowsOf('old_rows')})`,
    delete: rowsOf('old_rows'),
  }[event]
  const referencing = [
    ...(event === 'insert' ? [] : ['old table as old_rows']),
    ...(event === 'delete' ? [] : ['new table as new_rows']),
  ].join(' ')
  return [
    // Makes the function find `changes` even if a restore or another session has a different search path.
    `create or replace function ${name}() returns trigger language plpgsql set search_path from current as $publish$
begin
  ${into} select '${kind}', key, ${mark} from (select distinct ${key} as key from (${changed}) changed) keys;
  return null;
end $publish$`,
    `create or replace trigger ${name} after ${event} on ${table} referencing ${referencing}
for each statement execute function ${name}()`,
  ]
}

/**
 * PostgreSQL: a transaction gets its ID before it takes a number in the feed, for every write. Readers that miss a
 * number rely on it. `case` is used because PostgreSQL evaluates it in a defined order.
 */
export const changeNumbers = {
  sqlite: '',
  postgres: `
alter table changes alter column sequence set default
  case when pg_current_xact_id() is not null then nextval('changes_sequence_seq') end
`,
}

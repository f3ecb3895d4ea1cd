/**
 * PostgreSQL: a transaction has its id before it takes a number in the feed, whoever writes and however. A reader that misses
 * a number relies on it. `case` is what PostgreSQL evaluates in a known order.
 */
export const changeNumbers = {
  sqlite: '',
  postgres: `
alter table changes alter column sequence set default
  case when pg_current_xact_id() is not null then nextval('changes_sequence_seq') end
`,
}

import { matchFunction } from '../fold.ts'

/**
 * Letter case in a search: PostgreSQL folds it by the locale of the database, which may know ASCII only. The pattern names
 * every form of a letter instead. SQLite is given the function by each connection.
 */
export const search = {
  sqlite: '',
  postgres: `
create or replace function ${matchFunction}(value text, pattern text) returns boolean language sql immutable parallel safe
as 'select value ~ pattern'
`,
}

import { matchFunction } from '../fold.ts'

/**
 * Case-insensitive search: PostgreSQL folds case by the locale of the database, which may only know ASCII. So the
 * pattern lists every form of a letter. On SQLite each connection registers the function.
 */
export const search = {
  sqlite: '',
  postgres: `
create or replace function ${matchFunction}(value text, pattern text) returns boolean language sql immutable parallel safe
as 'select value ~ pattern'
`,
}

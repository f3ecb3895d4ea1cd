import { foldFunction, foldTable } from '../fold.ts'

/**
 * PostgreSQL folds letter case by the locale of the database, which may know ASCII only. This function does it as `fold`
 * does, in every locale; it is immutable, so that an index may use it. SQLite is given it by each connection.
 */
export const search = {
  sqlite: '',
  get postgres() {
    const { from, to } = foldTable()
    return `
create or replace function ${foldFunction}(value text) returns text language sql immutable parallel safe
as $$ select translate(normalize(value, NFC), '${from}', '${to}') $$
`
  },
}

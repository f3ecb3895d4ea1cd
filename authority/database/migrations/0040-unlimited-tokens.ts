/** Tokens without a limit, by owner: an owner can have many others. Counting those that have not expired does not read the table. */
import type { Database } from '../database.ts'

/** SQLite reads the columns of a partial index's condition from the table, unless they are part of the index. */
const indexIn = (kind: Database['kind']) => `
create index access_tokens_unlimited
  on access_tokens (owner_kind, owner_id, created_at, id, expires_at, account_id${kind === 'sqlite' ? ', revoked_at, permissions, scopes' : ''})
  where revoked_at is null and permissions is null and scopes is null`

export const unlimitedTokens = { sqlite: indexIn('sqlite'), postgres: indexIn('postgres') }

/** For lists of an owner's revoked tokens. */
export const revokedTokens =
  'create index access_tokens_revoked_owner on access_tokens (owner_id, revoked_at, created_at, id) where revoked_at is not null'

/** Indexes to find old rows without reading all others. */
export const forgetting = `
create index access_tokens_revoked on access_tokens (revoked_at) where revoked_at is not null;
create index notices_at on notices (at);
`

/** Data of the console's first page: expiring tokens, verdict counts, and which token a variable contains. */
export const concerns = `
create index access_tokens_end on access_tokens (expires_at) where revoked_at is null and expires_at is not null;
alter table variables add column access_token_id {text};
create index variables_token on variables (access_token_id) where access_token_id is not null;
create table verdict_counts (
  account_id {text} not null, minute {text} not null, outcome {text} not null, times bigint not null,
  primary key (account_id, minute, outcome)
);
`

/** Reported tokens that are not processed yet: stored by hash, because a leaked token is still a secret here. */
export const foundTokens = `
create table found_tokens (
  id {text} primary key, hash {blob} not null, source {text} not null, place {text} not null, request_id {text} not null,
  address {text} not null, due_at {text} not null, attempts integer not null
);
create index found_tokens_due on found_tokens (due_at);
`

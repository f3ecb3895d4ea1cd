/** Leaked tokens, and the action that an account takes. One report for each token, source and location. */
export const leaks = `
create table leak_reports (
  id {text} primary key, account_id {text}, token_id {text} not null references access_tokens (id), source {text} not null,
  place_key {text} not null, place_kind {text} not null, repository {text}, path {text}, line bigint, commit_id {text}, url {text},
  answer {text} not null, committed_at {text}, first_seen_at {text} not null, last_seen_at {text} not null, times integer not null,
  unique (token_id, source, place_key)
);
create index leak_reports_account on leak_reports (account_id, first_seen_at);
alter table security_rules add column leak_public {text} not null default 'revoke';
alter table security_rules add column leak_private {text} not null default 'notify';
alter table security_rules add column leak_overlap integer not null default 1440;
alter table security_rules add column leak_sources {text} not null default '[]';
`

/** Which token created a token, how long rotation can extend it, which policy a session came from, and the ID tokens already used. */
export const derivedTokens = `
alter table access_tokens add column parent_id {text};
alter table access_tokens add column renewable_until {text};
alter table access_tokens add column assume_policy_id {text};
create index access_tokens_parent on access_tokens (parent_id) where parent_id is not null;
create index access_tokens_assume_policy on access_tokens (assume_policy_id) where assume_policy_id is not null;
create index access_tokens_family on access_tokens (family) where predecessor_id is not null;
update access_tokens set renewable_until = expires_at
  where revoked_at is null and expires_at is not null and expires_in is null and owner_kind = 'service-account'
    and predecessor_id is null and name like 'assumed by %';
create table used_id_tokens (
  id {text} primary key, expires_at {text} not null
);
create index used_id_tokens_end on used_id_tokens (expires_at);
`

/** Sign-in: sessions, passkeys, sign-in links and one-time passwords. Secrets are stored as a hash or encrypted. */
export const signIn = `
alter table users add column password_changed_at {text};
create table sessions (
  id {text} primary key, hash {blob} not null unique, user_id {text} not null references users (id) on delete cascade,
  link_id {text}, address {text} not null, client {text} not null, created_at {text} not null, seen_at {text} not null,
  proven_at {text} not null, expires_at {text} not null, ended_at {text}
);
create index sessions_user on sessions (user_id);
create table passkeys (
  id {text} primary key, credential_id {text} not null unique, user_id {text} not null references users (id) on delete cascade,
  public_key {blob} not null, counter bigint not null, transports {text} not null, name {text} not null,
  created_at {text} not null, last_used_at {text}
);
create index passkeys_user on passkeys (user_id);
create table one_time_links (
  id {text} primary key, hash {blob} not null unique, purpose {text} not null,
  user_id {text} not null references users (id) on delete cascade, account_id {text}, created_by_id {text},
  created_at {text} not null, expires_at {text} not null, used_at {text}
);
create index one_time_links_user on one_time_links (user_id);
create table one_time_passwords (
  user_id {text} primary key references users (id) on delete cascade, sealed {blob} not null, created_at {text} not null,
  confirmed_at {text}, last_step bigint not null
);
create table recovery_codes (
  user_id {text} not null references users (id) on delete cascade, hash {blob} not null, primary key (user_id, hash)
);
create table used_challenges (
  hash {blob} primary key, expires_at {text} not null
);
`

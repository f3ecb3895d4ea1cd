/**
 * Invitations stand beside memberships until they are accepted, and what gives control over somebody (links, first
 * passwords, tokens, assume policies) names who made it.
 */
export const invitations = `
create table account_invitations (
  id {text} primary key, account_id {text} not null references accounts (id),
  user_id {text} not null references users (id) on delete cascade, created_by_id {text}, created_at {text} not null,
  unique (account_id, user_id)
);
create index account_invitations_user on account_invitations (user_id);
alter table one_time_links add column token_id {text};
alter table users add column password_set_by_id {text};
alter table users add column password_set_token_id {text};
alter table access_tokens add column vouched_by_id {text};
update access_tokens set vouched_by_id = created_by_id;
alter table assume_policies add column vouched_by_id {text};
`

/**
 * Passwords chosen by another person, which the previous version allowed, become first passwords. They must be replaced
 * at the next sign-in, and are valid only while the person who chose them holds all rights of the user. Otherwise the
 * creator of a user with a password could sign in as that user when the user is granted rights after the upgrade. First
 * passwords expire; for these the time starts with the upgrade.
 */
const chosenPasswordsAt = (now: string) => `
update users set change_password_on_sign_in = 1, password_changed_at = ${now},
       password_set_by_id = e.actor_id, password_set_token_id = nullif(e.token_id, '')
  from (
    select subject_id, actor_id, token_id, row_number() over (partition by subject_id order by at desc, id desc) as newest
      from audit_events
     where action in ('users.created', 'users.password-changed')
        or (action = 'users.updated' and after like '%"passwordChanged":true%')
  ) e
 where e.subject_id = users.id and e.newest = 1 and e.actor_id <> users.id and users.password_hash is not null
`

export const chosenPasswords = {
  sqlite: chosenPasswordsAt("strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"),
  postgres: chosenPasswordsAt(`to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`),
}

/**
 * Invitations are separate from memberships until they are accepted. Everything that gives control over a user (links,
 * first passwords, tokens, assume policies) records its creator.
 */
const invitationsWith = (chosen: string) => `
create table account_invitations (
  id {text} primary key, account_id {text} not null references accounts (id),
  user_id {text} not null references users (id) on delete cascade, created_by_id {text}, created_at {text} not null,
  unique (account_id, user_id)
);
create index account_invitations_user on account_invitations (user_id);
alter table one_time_links add column token_id {text};
alter table users add column password_set_by_id {text};
alter table users add column password_set_token_id {text};
${chosen};
alter table access_tokens add column vouched_by_id {text};
update access_tokens set vouched_by_id = created_by_id;
alter table assume_policies add column vouched_by_id {text};
`

export const invitations = {
  sqlite: invitationsWith(chosenPasswords.sqlite),
  postgres: invitationsWith(chosenPasswords.postgres),
}

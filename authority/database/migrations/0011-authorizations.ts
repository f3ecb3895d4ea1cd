/** Authorization codes, which a client on a person's machine exchanges for the approved token (RFC 6749 section 4.1). */
export const authorizations = `
create table authorization_codes (
  hash {blob} primary key, user_id {text} not null references users (id) on delete cascade, redirect_uri {text} not null,
  challenge {text} not null, token_name {text} not null, expires_in integer, created_at {text} not null,
  expires_at {text} not null, used_at {text}, token_id {text}
);
`

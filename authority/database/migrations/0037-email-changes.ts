/** Changes of a user's own email address that wait for the code that was mailed to the new address. */
export const emailChanges = `
create table email_changes (
  user_id {text} primary key references users (id) on delete cascade, hash {blob} not null, email {text} not null, expires_at {text} not null
);
`

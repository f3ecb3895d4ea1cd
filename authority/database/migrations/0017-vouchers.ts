/** Who vouches for the credentials of service accounts, and who confirmed all that there were at a time. */
export const vouchers = `
alter table access_tokens add column vouched_token_id {text};
create index access_tokens_vouchers on access_tokens (owner_id, vouched_by_id, vouched_token_id)
  where revoked_at is null and owner_kind = 'service-account';
alter table assume_policies add column vouched_token_id {text};
update assume_policies set vouched_by_id = (select min(u.id) from users u where u.email = created_by_email)
  where created_by_email is not null;
alter table service_accounts add column confirmed_at {text};
alter table service_accounts add column confirmed_by_id {text};
alter table service_accounts add column confirmed_token_id {text};
`

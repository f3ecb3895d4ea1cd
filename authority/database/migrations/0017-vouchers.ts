/**
 * The creators of tokens that are older than vouchers. `created_by_id` refers to users only; for service accounts the
 * audit log does. A token that rotated itself gets the voucher of its predecessor, as in later rotations. Without this,
 * every service account whose tokens are created by another one, or which rotates its own, would have to be confirmed
 * before it is granted anything.
 */
export const vouchersBefore = [
  `update access_tokens set vouched_by_id = a.actor_id,
     vouched_token_id = (select m.id from access_tokens m where m.id = a.token_id and (m.permissions is not null or m.scopes is not null))
     from audit_events a
    where a.subject_id = access_tokens.id and a.action = 'access-tokens.minted' and a.actor_type = 'service-accounts'
      and access_tokens.owner_kind = 'service-account' and access_tokens.vouched_by_id is null`,
  `with recursive inherited (id, voucher, token) as (
     select t.id, p.vouched_by_id, p.vouched_token_id from access_tokens t join access_tokens p on p.id = t.predecessor_id
      where t.owner_kind = 'service-account' and t.vouched_by_id = t.owner_id
        and (p.predecessor_id is null or p.vouched_by_id <> p.owner_id)
     union all
     select t.id, i.voucher, i.token from access_tokens t join inherited i on t.predecessor_id = i.id
      where t.vouched_by_id = t.owner_id
   )
   update access_tokens set vouched_by_id = inherited.voucher, vouched_token_id = inherited.token
     from inherited where inherited.id = access_tokens.id`,
]

/** The same for assume policies: their creator, unless another subject changed the policy later. */
export const vouchersOfPoliciesBefore = [
  `update assume_policies set vouched_by_id = a.actor_id
     from audit_events a
    where a.subject_id = assume_policies.id and a.action = 'assume-service-account-policies.created'`,
  `update assume_policies set vouched_by_id = null
     from audit_events a
    where a.subject_id = assume_policies.id and a.action = 'assume-service-account-policies.updated'
      and a.actor_id <> assume_policies.vouched_by_id`,
]

/** Who vouches for the credentials of service accounts, and who confirmed all existing ones, and when. */
export const vouchers = `
alter table access_tokens add column vouched_token_id {text};
${vouchersBefore.join(';\n')};
create index access_tokens_vouchers on access_tokens (owner_id, vouched_by_id, vouched_token_id)
  where revoked_at is null and owner_kind = 'service-account';
alter table assume_policies add column vouched_token_id {text};
update assume_policies set vouched_by_id = (select min(u.id) from users u where u.email = created_by_email)
  where created_by_email is not null;
${vouchersOfPoliciesBefore.join(';\n')};
alter table service_accounts add column confirmed_at {text};
alter table service_accounts add column confirmed_by_id {text};
alter table service_accounts add column confirmed_token_id {text};
`

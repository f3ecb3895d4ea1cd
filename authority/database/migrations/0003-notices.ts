/** Notifications to owners, and the webhooks that receive them. A delivery that is neither delivered nor given up is due. */
export const notices = `
create table notices (
  id {text} primary key, account_id {text}, kind {text} not null, at {text} not null, owner_kind {text}, owner_id {text},
  subject_type {text} not null, subject_id {text} not null, data {text} not null
);
create index notices_account on notices (account_id, at);
create index notices_owner on notices (owner_id, at) where owner_id is not null;
create table notice_webhooks (
  id {text} primary key, account_id {text} not null references accounts (id), url {text} not null, kinds {text}, status {text} not null,
  sealed {blob} not null, sealed_before {blob}, before_until {text}, last_status integer, last_failure {text},
  last_delivered_at {text}, created_at {text} not null
);
create index notice_webhooks_account on notice_webhooks (account_id);
create index notice_webhooks_before on notice_webhooks (before_until) where before_until is not null;
create table notice_deliveries (
  id {text} primary key, webhook_id {text} not null references notice_webhooks (id) on delete cascade,
  notice_id {text} not null references notices (id) on delete cascade, attempt integer not null, due_at {text} not null,
  delivered_at {text}, given_up_at {text}, last_status integer, unique (webhook_id, notice_id)
);
create index notice_deliveries_due on notice_deliveries (due_at) where delivered_at is null and given_up_at is null;
create index notice_deliveries_notice on notice_deliveries (notice_id);
`

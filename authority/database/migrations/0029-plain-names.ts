/**
 * Renames tables, columns and stored values to the names that the API uses. Audit events keep the names under which
 * they were sealed. Webhook secrets stay bound to the former table name (`webhook-secret.ts`).
 */
const tables = `
alter table notices rename to notifications;
alter table notice_webhooks rename to webhooks;
alter table notice_deliveries rename to webhook_deliveries;
alter table token_uses rename to token_activity;
alter table webhooks rename column resting_until to circuit_open_until;
alter table webhook_deliveries rename column notice_id to notification_id;
alter table leak_reports rename column place_key to location_key;
alter table leak_reports rename column place_kind to location_kind;
alter table leak_reports rename column places to locations;
alter table leak_reports rename column other_places to other_locations;
alter table leak_reports rename column answer to action_taken;
alter table found_tokens rename column place to location;
alter table sessions rename column proven_at to authenticated_at;
`

/** Permission strings are in roles and in narrowed tokens. In JSON text a quote inside a string is escaped, so these patterns match whole members only. */
const values = `
update role_permissions set permission = replace(replace(permission, 'notice-webhooks:', 'notification-webhooks:'), 'notices:', 'notifications:')
  where permission like 'notice-webhooks:%' or permission like 'notices:%';
update access_tokens
  set permissions = replace(replace(permissions, '"notice-webhooks:', '"notification-webhooks:'), '"notices:', '"notifications:')
  where permissions like '%"notice%';
update found_tokens set location = replace(location, '"places":', '"locations":');
update leak_reports set action_taken = case action_taken when 'ending' then 'expiring' else 'inactive' end where action_taken in ('ending', 'dead');
update security_rules set leak_sources = replace(replace(leak_sources, '"answer":', '"action":'), '"confidence":"unplaced"', '"confidence":"no-location"')
  where leak_sources <> '[]';
update notifications set subject_type = 'webhooks' where subject_type = 'notice-webhooks';
update token_activity set operation = replace(operation, 'notice_webhook', 'webhook') where operation like '%notice_webhook%';
update token_activity set operation = replace(operation, 'notice', 'notification') where operation in ('list_notices', 'get_notice');
update token_activity set operation = 'list_findings' where operation = 'list_concerns';
update token_activity set operation = 'list_token_activity' where operation = 'list_token_uses';
update verdict_counts set outcome = 'stale-replica' where outcome = 'stale-knowledge';
`

const indexes = [
  ['notices_account', 'notifications_account', 'notifications (account_id, at)'],
  ['notices_owner', 'notifications_owner', 'notifications (owner_id, at) where owner_id is not null'],
  ['notices_at', 'notifications_at', 'notifications (at)'],
  ['notices_mail_due', 'notifications_mail_due', 'notifications (at) where mail_due = 1'],
  ['notices_subject', 'notifications_subject', 'notifications (subject_id, at)'],
  ['notice_webhooks_account', 'webhooks_account', 'webhooks (account_id)'],
  ['notice_webhooks_before', 'webhooks_before', 'webhooks (before_until) where before_until is not null'],
  [
    'notice_webhooks_resting',
    'webhooks_circuit_open',
    'webhooks (circuit_open_until) where circuit_open_until is not null',
  ],
  [
    'notice_deliveries_due',
    'webhook_deliveries_due',
    'webhook_deliveries (due_at) where delivered_at is null and given_up_at is null',
  ],
  ['notice_deliveries_notice', 'webhook_deliveries_notification', 'webhook_deliveries (notification_id)'],
  [
    'notice_deliveries_webhook',
    'webhook_deliveries_webhook',
    'webhook_deliveries (webhook_id) where delivered_at is null and given_up_at is null',
  ],
] as const

/** PostgreSQL names them after the table and its columns, and keeps those names when either is renamed. */
const constraints = [
  ['notifications', 'notices_pkey', 'notifications_pkey'],
  ['webhooks', 'notice_webhooks_pkey', 'webhooks_pkey'],
  ['webhooks', 'notice_webhooks_account_id_fkey', 'webhooks_account_id_fkey'],
  ['webhook_deliveries', 'notice_deliveries_pkey', 'webhook_deliveries_pkey'],
  ['webhook_deliveries', 'notice_deliveries_webhook_id_fkey', 'webhook_deliveries_webhook_id_fkey'],
  ['webhook_deliveries', 'notice_deliveries_notice_id_fkey', 'webhook_deliveries_notification_id_fkey'],
  [
    'webhook_deliveries',
    'notice_deliveries_webhook_id_notice_id_key',
    'webhook_deliveries_webhook_id_notification_id_key',
  ],
  ['token_activity', 'token_uses_pkey', 'token_activity_pkey'],
  ['leak_reports', 'leak_reports_token_id_source_place_key_key', 'leak_reports_token_id_source_location_key_key'],
] as const

export const plainNames = {
  // SQLite cannot rename an index.
  sqlite: `${tables}${values}${indexes
    .map(([former, name, on]) => `drop index ${former};\ncreate index ${name} on ${on};\n`)
    .join('')}`,
  postgres: `${tables}${values}${indexes.map(([former, name]) => `alter index ${former} rename to ${name};\n`).join('')}${constraints
    .map(([table, former, name]) => `alter table ${table} rename constraint ${former} to ${name};\n`)
    .join('')}`,
}

/**
 * Chain heads with a MAC. The table gets another name, so that a node of an older version, which seals without a key,
 * fails to seal instead of breaking the keyed chain. Wrong one-time codes are counted in the database, so that a
 * restart does not reset them.
 */
export const keyedAuditLog = `
alter table audit_chains rename to audit_heads;
alter table audit_heads add column legacy_length bigint not null default 0;
alter table audit_heads add column purged_length bigint not null default 0;
alter table audit_heads add column purged_seal {text} not null default '';
alter table audit_heads add column anchored_length bigint not null default 0;
alter table audit_heads add column altered_length bigint;
alter table audit_heads add column mac {text};
alter table one_time_passwords add column failures integer not null default 0;
alter table one_time_passwords add column known_failures integer not null default 0;
alter table one_time_passwords add column failures_since {text} not null default '';
alter table notices add column mail_due integer not null default 0;
create index notices_mail_due on notices (at) where mail_due = 1;
`

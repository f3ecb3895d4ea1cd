/** Consecutive failures of a webhook, and until when its circuit is open. */
export const webhookRests = `
alter table notice_webhooks add column failures integer not null default 0;
alter table notice_webhooks add column resting_until {text};
create index notice_webhooks_resting on notice_webhooks (resting_until) where resting_until is not null;
create index notice_deliveries_webhook on notice_deliveries (webhook_id) where delivered_at is null and given_up_at is null;
`

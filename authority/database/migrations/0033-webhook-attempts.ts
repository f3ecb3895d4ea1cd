/** When the latest delivery attempt ended, so that clients can wait for the result of a test. */
export const webhookAttempts = 'alter table webhooks add column last_attempt_at {text}'

/** Who admitted a user to an account, if they did not hold all rights in it. */
export const memberVouchers = `
alter table account_users add column vouched_by_id {text};
alter table account_users add column vouched_token_id {text};
`

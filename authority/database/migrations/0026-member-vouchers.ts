/** Who let a person into an account, when that one held less than everything in it. */
export const memberVouchers = `
alter table account_users add column vouched_by_id {text};
alter table account_users add column vouched_token_id {text};
`

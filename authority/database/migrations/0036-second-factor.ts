/** Accounts can require a second factor, so sessions record whether they were authenticated with one. */
export const secondFactor = `
alter table accounts add column require_second_factor integer not null default 0;
alter table sessions add column has_second_factor integer not null default 0;
`

/** Denied requests beside the uses of a token. `times` includes `denied`, but not `rejected`. */
export const deniedUses = `
alter table token_activity add column denied integer not null default 0;
alter table token_activity add column rejected integer not null default 0;
`

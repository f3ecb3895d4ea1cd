/** Token activity: networks, operations, first and last use, and counts. Leak reports show it. */
export const tokenUses = `
create table token_uses (
  token_id {text} not null, network {text} not null, operation {text} not null, first_at {text} not null, last_at {text} not null,
  times integer not null, primary key (token_id, network, operation)
);
`

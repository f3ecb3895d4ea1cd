/** The clocks of the nodes, as each node last compared its own with the database's. */
export const nodeClocks = `
create table node_clocks (id {text} primary key, offset_milliseconds integer not null, observed_at {text} not null);
`

/** The token that wrote an assume policy last, whose containment ends it. */
export const assumePolicyParents = `
alter table assume_policies add column parent_id {text};
create index assume_policies_parent on assume_policies (parent_id);
`

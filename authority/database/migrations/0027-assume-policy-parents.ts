/** The token that last wrote an assume policy. Containing the token deletes the policy. */
export const assumePolicyParents = `
alter table assume_policies add column parent_id {text};
create index assume_policies_parent on assume_policies (parent_id);
`

/**
 * Pending revocations for owners with more tokens than one transaction revokes: their tokens are refused from then on,
 * and marked as revoked in slices. Also the locations of merged leak reports.
 */
export const boundedWork = `
create table pending_revocations (
  id {text} primary key, owner_id {text} not null, accounts {text} not null, created_until {text} not null, spared_token_id {text},
  reason {text} not null, told_by {text} not null
);
create index pending_revocations_owner on pending_revocations (owner_id);
alter table leak_reports add column places integer not null default 1;
alter table leak_reports add column other_places {text};
create index notices_subject on notices (subject_id, at);
`

/** Assignee, resolution and notes of leak reports. The number of notes is stored, so that counting and inserting are one step. */
export const leakTriage = `
alter table leak_reports add column assignee_id {text} references users (id) on delete set null;
alter table leak_reports add column resolution {text};
alter table leak_reports add column resolved_at {text};
alter table leak_reports add column note_count integer not null default 0;
create index leak_reports_assignee on leak_reports (assignee_id) where assignee_id is not null;
create index leak_reports_open on leak_reports (first_seen_at, id) where resolved_at is null;
create table leak_report_notes (
  id {text} primary key, leak_report_id {text} not null references leak_reports (id) on delete cascade, author_kind {text} not null,
  author_id {text} not null, text {text} not null, created_at {text} not null
);
create index leak_report_notes_report on leak_report_notes (leak_report_id, created_at, id);
`

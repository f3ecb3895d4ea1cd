/** GitHub alerts received by webhook that are not processed yet. One row for each delivery. */
export const githubAlerts = `
create table github_alerts (
  id {text} primary key, repository {text} not null, number integer not null, is_private integer not null, is_public_leak integer not null,
  received_at {text} not null, due_at {text} not null, attempts integer not null, done_at {text}, outcome {text}
);
create index github_alerts_due on github_alerts (due_at) where done_at is null;
`

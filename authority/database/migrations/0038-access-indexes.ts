/**
 * For the summaries of service accounts, the service accounts of a team, and the policies of an environment or workspace;
 * and the owner of the object of an audit event, for the events about a user, team or service account. Events of
 * policies that were deleted before this migration have none.
 */
import type { Database } from '../database.ts'

const indexesIn = (kind: Database['kind']) => `
create index access_tokens_owner_expiry on access_tokens (owner_id, expires_at${kind === 'sqlite' ? ', revoked_at' : ''})
  where owner_kind = 'service-account' and revoked_at is null;
create index access_tokens_owner_use on access_tokens (owner_id, last_used_at)
  where owner_kind = 'service-account' and last_used_at is not null;
create index service_account_owners_team on service_account_owners (team_id, service_account_id);
create index access_policies_environment on access_policies (environment_id) where environment_id is not null;
create index access_policies_workspace on access_policies (workspace_id) where workspace_id is not null;
create index access_policies_account on access_policies (account_id) where environment_id is null;
alter table audit_events add column owner_id {text};
update audit_events set owner_id = (select t.owner_id from access_tokens t where t.id = subject_id)
  where subject_type = 'access-tokens' and action <> 'access-tokens.refused';
update audit_events set owner_id = (select coalesce(p.user_id, p.team_id, p.service_account_id) from access_policies p where p.id = subject_id)
  where subject_type = 'access-policies';
update audit_events set owner_id = (select p.service_account_id from assume_policies p where p.id = subject_id)
  where subject_type = 'assume-service-account-policies';
create index audit_events_owner on audit_events (account_id, owner_id, at, id) where owner_id is not null`

export const accessIndexes = { sqlite: indexesIn('sqlite'), postgres: indexesIn('postgres') }

/** For the summaries of service accounts, the service accounts of a team, and the policies of an environment or workspace. */
import type { Database } from '../database.ts'

const indexesIn = (kind: Database['kind']) => `
create index access_tokens_owner_expiry on access_tokens (owner_id, expires_at${kind === 'sqlite' ? ', revoked_at' : ''})
  where owner_kind = 'service-account' and revoked_at is null;
create index access_tokens_owner_use on access_tokens (owner_id, last_used_at)
  where owner_kind = 'service-account' and last_used_at is not null;
create index service_account_owners_team on service_account_owners (team_id, service_account_id);
create index access_policies_environment on access_policies (environment_id) where environment_id is not null;
create index access_policies_workspace on access_policies (workspace_id) where workspace_id is not null;
create index access_policies_account on access_policies (account_id) where environment_id is null`

export const accessIndexes = { sqlite: indexesIn('sqlite'), postgres: indexesIn('postgres') }

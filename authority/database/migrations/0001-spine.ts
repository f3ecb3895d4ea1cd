/**
 * The first schema. `{blob}`, `{serial}` and `{text}` are replaced by the types of each database. IDs and times are
 * text of a fixed form, compared byte by byte. States that people may ask about are stored as times rather than flags.
 */
export const spine = `
create table installation (
  id {text} primary key, short_id {text} not null, mint_mark {text} not null, created_at {text} not null
);
create table data_keys (
  id {text} primary key, account_id {text} unique, wrapped {blob} not null, master_generation integer not null, created_at {text} not null
);
create table signing_keys (
  generation integer primary key, sealed {blob} not null, created_at {text} not null
);
create table identity_providers (
  id {text} primary key, account_id {text}, name {text} not null, idp_type {text} not null,
  verification_status {text} not null, created_at {text} not null
);
create table users (
  id {text} primary key, email {text} not null, username {text} not null, full_name {text}, status {text} not null,
  password_hash {text}, change_password_on_sign_in integer not null, home_account_id {text},
  created_at {text} not null, last_login_at {text}
);
create unique index users_email on users (lower(email));
create table accounts (
  id {text} primary key, name {text} not null, owner_id {text} references users (id), identity_provider_id {text} references identity_providers (id),
  allowed_ips {text} not null, support_access_enabled integer not null, created_at {text} not null,
  last_login_attempt_at {text}, login_attempts integer
);
create table user_identity_providers (
  user_id {text} not null references users (id) on delete cascade,
  identity_provider_id {text} not null references identity_providers (id) on delete cascade,
  primary key (user_id, identity_provider_id)
);
create table account_users (
  id {text} primary key, account_id {text} not null references accounts (id), user_id {text} not null references users (id) on delete cascade,
  created_at {text} not null, unique (account_id, user_id)
);
create index account_users_user on account_users (user_id);
create table sso_bypass_users (
  account_id {text} not null references accounts (id), user_id {text} not null references users (id) on delete cascade,
  primary key (account_id, user_id)
);
create table teams (
  id {text} primary key, account_id {text} not null references accounts (id), identity_provider_id {text} references identity_providers (id),
  name {text} not null, description {text}, created_at {text} not null, unique (account_id, name)
);
create table team_users (
  team_id {text} not null references teams (id) on delete cascade, user_id {text} not null references users (id) on delete cascade,
  primary key (team_id, user_id)
);
create index team_users_user on team_users (user_id);
create table roles (
  id {text} primary key, account_id {text} references accounts (id), name {text} not null, description {text},
  is_system integer not null, created_at {text} not null
);
create unique index roles_name on roles (account_id, name);
create table role_permissions (
  role_id {text} not null references roles (id) on delete cascade, permission {text} not null, primary key (role_id, permission)
);
create table environments (
  id {text} primary key, account_id {text} not null references accounts (id), name {text} not null, status {text} not null,
  is_federated_to_account integer not null, default_workspace_agent_pool_id {text}, settings {text} not null,
  locked_at {text}, lock_reason {text}, locked_by_id {text}, created_at {text} not null, created_by_id {text}, created_by_email {text},
  updated_at {text}, updated_by_id {text}, unique (account_id, name)
);
create table workspaces (
  id {text} primary key, account_id {text} not null references accounts (id),
  environment_id {text} not null references environments (id) on delete cascade, name {text} not null, agent_pool_id {text},
  settings {text} not null, apply_schedule {text}, destroy_schedule {text},
  locked_at {text}, lock_reason {text}, locked_by_id {text}, created_at {text} not null, created_by_id {text},
  updated_at {text}, updated_by_id {text}, updated_by_email {text}, unique (environment_id, name)
);
create index workspaces_account on workspaces (account_id);
create table favorites (
  subject_id {text} not null, object_id {text} not null, primary key (subject_id, object_id)
);
create table federated_environments (
  environment_id {text} not null references environments (id) on delete cascade,
  consumer_id {text} not null references environments (id) on delete cascade, primary key (environment_id, consumer_id)
);
create table remote_state_consumers (
  workspace_id {text} not null references workspaces (id) on delete cascade,
  consumer_id {text} not null references workspaces (id) on delete cascade, primary key (workspace_id, consumer_id)
);
create table tags (
  id {text} primary key, account_id {text} not null references accounts (id), name {text} not null, created_at {text} not null,
  unique (account_id, name)
);
create table environment_tags (
  environment_id {text} not null references environments (id) on delete cascade,
  tag_id {text} not null references tags (id) on delete cascade, primary key (environment_id, tag_id)
);
create table workspace_tags (
  workspace_id {text} not null references workspaces (id) on delete cascade,
  tag_id {text} not null references tags (id) on delete cascade, primary key (workspace_id, tag_id)
);
create table provider_configurations (
  id {text} primary key, account_id {text} not null references accounts (id), name {text} not null, provider_name {text} not null,
  created_at {text} not null
);
create table environment_provider_configurations (
  environment_id {text} not null references environments (id) on delete cascade,
  provider_configuration_id {text} not null references provider_configurations (id) on delete cascade,
  primary key (environment_id, provider_configuration_id)
);
create table agent_pools (
  id {text} primary key, account_id {text} not null references accounts (id),
  environment_id {text} references environments (id) on delete cascade, name {text} not null, vcs_enabled integer not null,
  is_default integer not null, is_shared integer not null, webhook_enabled integer not null, webhook_url {text},
  webhook_headers {text}, webhook_secrets {blob}, created_at {text} not null
);
create table agent_pool_environments (
  agent_pool_id {text} not null references agent_pools (id) on delete cascade,
  environment_id {text} not null references environments (id) on delete cascade, primary key (agent_pool_id, environment_id)
);
create table service_accounts (
  id {text} primary key, account_id {text} not null references accounts (id), name {text} not null, description {text},
  email {text} not null unique, status {text} not null, created_by_id {text}, created_at {text} not null
);
create table service_account_owners (
  service_account_id {text} not null references service_accounts (id) on delete cascade,
  team_id {text} not null references teams (id) on delete cascade, primary key (service_account_id, team_id)
);
create table access_policies (
  id {text} primary key, account_id {text} not null references accounts (id),
  environment_id {text} references environments (id) on delete cascade, workspace_id {text} references workspaces (id) on delete cascade,
  user_id {text} references users (id) on delete cascade, team_id {text} references teams (id) on delete cascade,
  service_account_id {text} references service_accounts (id) on delete cascade, is_system integer not null, created_at {text} not null
);
create index access_policies_user on access_policies (user_id);
create index access_policies_team on access_policies (team_id);
create index access_policies_service_account on access_policies (service_account_id);
create table access_policy_roles (
  access_policy_id {text} not null references access_policies (id) on delete cascade, role_id {text} not null references roles (id),
  primary key (access_policy_id, role_id)
);
create index access_policy_roles_role on access_policy_roles (role_id);
create table security_rules (
  id {text} primary key, account_id {text} not null unique references accounts (id), enforce_agent_pool integer not null,
  max_personal_token_lifetime integer, max_service_account_token_lifetime integer, require_owners_for_service_accounts integer not null
);
create table access_tokens (
  id {text} primary key, hash {blob} not null unique, generation integer not null, last_characters {text} not null,
  owner_kind {text} not null, owner_id {text} not null, account_id {text}, name {text}, description {text},
  permissions {text}, scopes {text}, expires_in integer, created_at {text} not null, expires_at {text}, created_by_id {text},
  last_used_at {text}, family {text} not null, predecessor_id {text}, rotation_key {text}, revoked_at {text}
);
create index access_tokens_owner on access_tokens (owner_id, created_at, id) where revoked_at is null;
create index access_tokens_account on access_tokens (account_id);
create index access_tokens_predecessor on access_tokens (predecessor_id) where predecessor_id is not null;
create table variables (
  id {text} primary key, account_id {text} not null references accounts (id),
  environment_id {text} references environments (id) on delete cascade, workspace_id {text} references workspaces (id) on delete cascade,
  key {text} not null, category {text} not null, value {text}, sealed {blob}, hcl integer not null, sensitive integer not null,
  final integer not null, description {text}, created_at {text} not null, updated_at {text}, updated_by_id {text}, updated_by_email {text}
);
create index variables_account on variables (account_id, key);
create index variables_environment on variables (environment_id);
create index variables_workspace on variables (workspace_id);
create table workload_identity_providers (
  id {text} primary key, account_id {text} not null references accounts (id), name {text} not null, url {text} not null,
  allowed_audiences {text} not null, status {text} not null, created_at {text} not null, created_by_email {text},
  unique (account_id, url)
);
create table assume_policies (
  id {text} primary key, account_id {text} not null references accounts (id),
  service_account_id {text} not null references service_accounts (id) on delete cascade,
  provider_id {text} not null references workload_identity_providers (id) on delete cascade, name {text} not null,
  claim_conditions {text} not null, maximum_session_duration integer not null, created_at {text} not null, created_by_email {text}
);
create table audit_events (
  id {text} primary key, account_id {text}, action {text} not null, at {text} not null, actor_type {text} not null, actor_id {text},
  token_id {text}, token_last_characters {text}, address {text}, request_id {text}, subject_type {text} not null, subject_id {text},
  before {text}, after {text}, times integer not null, position bigint, seal {text}
);
create index audit_events_account on audit_events (account_id, at);
create unique index audit_events_position on audit_events (account_id, position);
create index audit_events_unsealed on audit_events (at) where position is null;
create table audit_chains (
  account_id {text} primary key, length bigint not null, head {text} not null
);
create table changes (
  sequence {serial}, kind {text} not null, key {text} not null
);
`

/**
 * The permission catalogue: every `resource:action` that roles can contain, with its scopes and description.
 * Either side can be a wildcard. Roles with permissions that are not listed here are rejected.
 */
export type ScopeKind = 'account' | 'environment' | 'workspace'

export interface Permission {
  readonly id: string
  readonly description: string
  readonly applicableScopes: readonly ScopeKind[]
}

const everywhere: readonly ScopeKind[] = ['account', 'environment', 'workspace']
const accountOnly: readonly ScopeKind[] = ['account']
const toEnvironment: readonly ScopeKind[] = ['account', 'environment']

const actionVerbs: Record<string, string> = {
  create: 'Create',
  read: 'Read',
  update: 'Update',
  delete: 'Delete',
  '*': 'Full access to',
  lock: 'Lock and unlock',
  apply: 'Apply',
  cancel: 'Cancel',
  override: 'Override',
  billing: 'Read the billing of',
  'set-quotas': 'Set the quotas of',
  'set-schedule': 'Set the schedule of',
  'set-access-policies': 'Manage access to',
  'create-configuration-changes': 'Create configuration changes for',
  'read-json-output': 'Read the JSON output of',
  'download-mocks': 'Download the mocks of',
}

function family(resource: string, applicableScopes: readonly ScopeKind[], actions: readonly string[]): Permission[] {
  const objects = resource.replaceAll('-', ' ').replace('vcs', 'VCS')
  return actions.map((action) => ({
    id: `${resource}:${action}`,
    description: `${actionVerbs[action] ?? `${action.replaceAll('-', ' ')}:`} ${objects}.`,
    applicableScopes,
  }))
}

const crud = ['create', 'read', 'update', 'delete'] as const
const crudAndAll = [...crud, '*'] as const

export const permissionCatalogue: readonly Permission[] = [
  { id: '*:*', description: 'Full access.', applicableScopes: everywhere },
  { id: '*:create', description: 'Create everything.', applicableScopes: everywhere },
  { id: '*:read', description: 'Read everything.', applicableScopes: everywhere },
  { id: '*:update', description: 'Update everything.', applicableScopes: everywhere },
  { id: '*:delete', description: 'Delete everything.', applicableScopes: everywhere },
  ...family('accounts', accountOnly, ['read', 'update', 'create', 'set-quotas', 'billing', 'set-access-policies']),
  ...family('global-scope', accountOnly, ['read', '*']),
  ...family('environments', toEnvironment, [...crudAndAll, 'set-access-policies']),
  ...family('workspaces', everywhere, [...crudAndAll, 'lock', 'set-schedule', 'set-access-policies']),
  ...family('variables', everywhere, crudAndAll),
  ...family('runs', everywhere, ['create', 'read', 'apply', 'cancel', 'create-configuration-changes', '*']),
  ...family('plans', everywhere, ['read-json-output']),
  ...family('policy-checks', everywhere, ['override', 'download-mocks', '*']),
  ...family('state-versions', everywhere, ['create', 'read', '*']),
  ...family('software-versions', everywhere, ['read']),
  ...family('webhooks', everywhere, crudAndAll),
  ...family('roles', accountOnly, crudAndAll),
  ...family('service-accounts', accountOnly, crudAndAll),
  ...family('security-rules', accountOnly, ['read', 'update']),
  ...family('identity-providers', accountOnly, crudAndAll),
  ...family('cloud-credentials', accountOnly, crudAndAll),
  ...family('provider-configurations', accountOnly, crudAndAll),
  ...family('modules', toEnvironment, crudAndAll),
  ...family('vcs-providers', accountOnly, crudAndAll),
  ...family('policy-groups', accountOnly, crudAndAll),
  ...family('integrations', accountOnly, crudAndAll),
  ...family('teams', accountOnly, crudAndAll),
  ...family('users', accountOnly, crudAndAll),
  ...family('access-policies', everywhere, ['read', '*']),
  ...family('access-tokens', accountOnly, ['read', 'update', 'delete', '*']),
  ...family('tags', accountOnly, crudAndAll),
  ...family('agent-pools', toEnvironment, crudAndAll),
  ...family('workload-identity-providers', accountOnly, crudAndAll),
  ...family('audit-events', accountOnly, ['read']),
  ...family('leak-reports', accountOnly, ['read', 'update', '*']),
  ...family('leak-rules', accountOnly, ['read', 'update', '*']),
  ...family('notifications', accountOnly, ['read']),
  ...family('notification-webhooks', accountOnly, crudAndAll),
]

export const permissionIds: ReadonlySet<string> = new Set(permissionCatalogue.map(({ id }) => id))

/** The system roles of every installation, with Scalr's IDs. */
export const systemRoles = [
  {
    id: 'role-t67mjtmd93j62hg',
    name: 'admin',
    description: 'Full access to its scope.',
    permissions: ['*:*'],
  },
  {
    id: 'role-t67mjtmauajto7g',
    name: 'user',
    description: 'Sign in to the account and read its users, teams, roles and tags.',
    permissions: ['accounts:read', 'users:read', 'teams:read', 'roles:read', 'tags:read', 'identity-providers:read'],
  },
  {
    id: 'role-t67mjtmabulckto',
    name: 'reader',
    description: 'Read-only access to its scope.',
    permissions: ['*:read'],
  },
  {
    id: 'role-t58u316skvrgk2g',
    name: 'minimal access',
    description: 'Sign in to the account, without further permissions.',
    permissions: ['accounts:read'],
  },
] as const

export const adminRoleId = systemRoles[0].id

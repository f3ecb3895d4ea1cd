/**
 * The permission catalogue: every `resource:action` a role may hold, where it applies, what it lets one do.
 * A wildcard may stand on either side. What is not listed here is refused in a role.
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

const verbs: Record<string, string> = {
  create: 'Create',
  read: 'See',
  update: 'Change',
  delete: 'Delete',
  '*': 'Do everything with',
  lock: 'Lock and unlock',
  apply: 'Apply',
  cancel: 'Cancel',
  override: 'Override',
  billing: 'See the billing of',
  'set-quotas': 'Set the quotas of',
  'set-schedule': 'Set the schedule of',
  'set-access-policies': 'Give and take access on',
  'create-configuration-changes': 'Create configuration changes for',
  'read-json-output': 'Read the JSON output of',
  'download-mocks': 'Download the mocks of',
}

function family(resource: string, applicableScopes: readonly ScopeKind[], actions: readonly string[]): Permission[] {
  const things = resource.replaceAll('-', ' ')
  return actions.map((action) => ({
    id: `${resource}:${action}`,
    description: `${verbs[action] ?? `${action.replaceAll('-', ' ')}:`} ${things}.`,
    applicableScopes,
  }))
}

const crud = ['create', 'read', 'update', 'delete'] as const
const crudAndAll = [...crud, '*'] as const

export const permissionCatalogue: readonly Permission[] = [
  { id: '*:*', description: 'Do everything.', applicableScopes: everywhere },
  { id: '*:create', description: 'Create objects of every kind.', applicableScopes: everywhere },
  { id: '*:read', description: 'See objects of every kind.', applicableScopes: everywhere },
  { id: '*:update', description: 'Change objects of every kind.', applicableScopes: everywhere },
  { id: '*:delete', description: 'Delete objects of every kind.', applicableScopes: everywhere },
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

/** The roles every installation has, by the ids the field knows them by (permissions.tsv of the wire contract). */
export const systemRoles = [
  {
    id: 'role-t67mjtmd93j62hg',
    name: 'admin',
    description: 'May do everything in its scope.',
    permissions: ['*:*'],
  },
  {
    id: 'role-t67mjtmauajto7g',
    name: 'user',
    description: 'May log in to the account and see its people, teams, roles and tags.',
    permissions: ['accounts:read', 'users:read', 'teams:read', 'roles:read', 'tags:read', 'identity-providers:read'],
  },
  {
    id: 'role-t67mjtmabulckto',
    name: 'reader',
    description: 'May see everything in its scope and change nothing.',
    permissions: ['*:read'],
  },
  {
    id: 'role-t58u316skvrgk2g',
    name: 'minimal access',
    description: 'May log in to the account and no more.',
    permissions: ['accounts:read'],
  },
] as const

export const adminRoleId = systemRoles[0].id

/** The commands of each resource. Options and operations follow from the declarations in `contract/`. */
import {
  accessPolicies,
  accounts,
  agentPools,
  auditEvents,
  environments,
  findings,
  leakReportNotes,
  leakReports,
  notifications,
  permissions,
  type Resource,
  roles,
  serviceAccounts,
  tags,
  teams,
  users,
  vars,
  webhooks,
  workloadIdentityProviders,
  workspaces,
} from '@mintmark/contract'

import type { Column } from '../output/fields.ts'

export interface ResourceCommands {
  readonly of: Resource
  /** Columns of the list. */
  readonly columns: readonly Column[]
  /** What the list contains, as in "No roles." */
  readonly plural: string
  /** The default order of the list. */
  readonly sort?: string
  /** What deleting an object also does. */
  readonly consequence?: string
  /** Filters with which an object is found by its name, if names are not unique. */
  readonly within?: readonly string[]
  /** Filters, relations and operations that the commands leave out. */
  readonly without?: readonly string[]
}

const scope = { label: 'scope', of: ['workspace', 'environment', 'account'] }

export const resourceCommands = {
  account: { of: accounts, plural: 'accounts', columns: ['id', 'name', 'owner', 'createdAt'], sort: 'name' },
  user: {
    of: users,
    plural: 'users',
    columns: ['id', 'email', 'fullName', 'status', 'lastLoginAt'],
    sort: 'email',
    consequence: 'Their tokens stop working immediately.',
  },
  team: {
    of: teams,
    plural: 'teams',
    columns: ['id', 'name', 'description', 'users'],
    sort: 'name',
    consequence: 'Its members lose the access that it grants.',
  },
  role: { of: roles, plural: 'roles', columns: ['id', 'name', 'description', 'isSystem'], sort: 'name' },
  permission: { of: permissions, plural: 'permissions', columns: ['id', 'description', 'applicableScopes'] },
  policy: {
    of: accessPolicies,
    plural: 'access policies',
    columns: ['id', { label: 'subject', of: ['user', 'team', 'serviceAccount'] }, scope, 'roles'],
    consequence: 'Its subject loses this access immediately.',
    without: ['withinAccount'],
  },
  'service-account': {
    of: serviceAccounts,
    plural: 'service accounts',
    columns: ['id', 'name', 'email', 'status', 'createdAt'],
    sort: 'name',
    consequence: 'Requests with its tokens start failing immediately.',
  },
  environment: {
    of: environments,
    plural: 'environments',
    columns: ['id', 'name', 'status', 'createdAt'],
    sort: 'name',
    consequence: 'Its workspaces and variables are deleted too.',
  },
  workspace: {
    of: workspaces,
    plural: 'workspaces',
    columns: ['id', 'name', 'environment', 'locked', 'createdAt'],
    sort: 'name',
    within: ['environment', 'account'],
  },
  variable: {
    of: vars,
    plural: 'variables',
    columns: ['id', 'key', 'category', 'value', 'sensitive', scope],
    sort: 'key',
    within: ['workspace', 'environment', 'account'],
  },
  tag: { of: tags, plural: 'tags', columns: ['id', 'name', 'inUse'], sort: 'name' },
  'agent-pool': {
    of: agentPools,
    plural: 'agent pools',
    columns: ['id', 'name', 'isShared', 'inUse'],
    sort: 'name',
    consequence: 'Requests with its tokens start failing immediately.',
    // The relation to several environments has the same option.
    without: ['environment'],
  },
  'workload-identity-provider': {
    of: workloadIdentityProviders,
    plural: 'workload identity providers',
    columns: ['id', 'name', 'url', 'status', 'createdAt'],
    sort: 'name',
    consequence: 'Sessions of its workloads are revoked.',
  },
  webhook: {
    of: webhooks,
    plural: 'webhooks',
    columns: ['id', 'url', 'status', 'lastStatus', 'lastDeliveredAt'],
    sort: 'url',
  },
  notification: {
    of: notifications,
    plural: 'notifications',
    columns: ['id', 'at', 'kind', 'ownerKind', 'ownerId', 'subjectId'],
    sort: '-at',
  },
  finding: {
    of: findings,
    plural: 'findings',
    columns: ['kind', 'subjectId', 'name', 'lastCharacters', 'ownerEmail', 'at'],
    sort: 'rank',
  },
  audit: {
    of: auditEvents,
    plural: 'audit events',
    columns: ['id', 'at', 'action', 'actorId', 'tokenLastCharacters', 'subjectId', 'times'],
    sort: '-at',
  },
  leaks: {
    of: leakReports,
    plural: 'leak reports',
    columns: ['id', 'lastSeenAt', 'source', 'token', 'actionTaken', 'repository', 'state', 'assigneeEmail'],
    sort: '-lastSeenAt',
  },
  'leak-note': {
    of: leakReportNotes,
    plural: 'notes',
    columns: ['createdAt', 'authorEmail', 'text'],
    sort: 'createdAt',
  },
} satisfies Readonly<Record<string, ResourceCommands>>

export type ResourceGroup = keyof typeof resourceCommands

import { flag } from '../attributes.ts'
import { resource, toMany, toOne } from '../resource.ts'

const setAccessPolicies = {
  account: 'accounts:set-access-policies',
  environment: 'environments:set-access-policies',
  workspace: 'workspaces:set-access-policies',
} as const

export const accessPolicies = resource({
  type: 'access-policies',
  className: 'IamAccessPolicy',
  prefix: 'ap',
  about: 'Grants roles to a subject (user, team or service account) at a scope (account, environment or workspace).',
  attributes: { isSystem: flag({ about: "Whether it is the account owner's policy, which cannot be changed." }) },
  relations: {
    account: toOne('accounts', { about: 'The scope, if it is an account.', writable: 'create' }),
    environment: toOne('environments', { about: 'The scope, if it is an environment.', writable: 'create' }),
    workspace: toOne('workspaces', { about: 'The scope, if it is a workspace.', writable: 'create' }),
    user: toOne('users', { about: 'The subject, if it is a user.', writable: 'create' }),
    team: toOne('teams', { about: 'The subject, if it is a team.', writable: 'create' }),
    serviceAccount: toOne('service-accounts', {
      about: 'The subject, if it is a service account.',
      writable: 'create',
    }),
    roles: toMany('roles', { about: 'The roles that the subject is granted.', writable: 'always', required: true }),
  },
  operations: {
    list: {
      id: 'get_access_policies',
      permission: 'access-policies:read',
      filters: [
        'account',
        'accessPolicy',
        'environment',
        'workspace',
        'user',
        'serviceAccount',
        'team',
        'role',
        'withinAccount',
        'appliesTo',
      ],
      sort: ['isSystem', 'subjectName'],
    },
    show: { id: 'get_access_policy', permission: 'access-policies:read' },
    create: { id: 'create_access_policy', stepUp: true, permission: setAccessPolicies },
    update: { id: 'update_access_policy', stepUp: true, permission: setAccessPolicies },
    remove: { id: 'delete_access_policy', stepUp: true, permission: setAccessPolicies },
  },
})

import { flag } from '../attributes.ts'
import { many, one, resource } from '../resource.ts'

const setAccessPolicies = {
  account: 'accounts:set-access-policies',
  environment: 'environments:set-access-policies',
  workspace: 'workspaces:set-access-policies',
} as const

export const accessPolicies = resource({
  type: 'access-policies',
  className: 'IamAccessPolicy',
  prefix: 'ap',
  about: 'Gives one subject (user, team or service account) roles on one scope (account, environment or workspace).',
  attributes: { isSystem: flag({ about: "The account owner's own policy, which cannot be changed." }) },
  relations: {
    account: one('accounts', { about: 'The scope, when it is the account.', writable: 'create' }),
    environment: one('environments', { about: 'The scope, when it is an environment.', writable: 'create' }),
    workspace: one('workspaces', { about: 'The scope, when it is a workspace.', writable: 'create' }),
    user: one('users', { about: 'The subject, when it is a person.', writable: 'create' }),
    team: one('teams', { about: 'The subject, when it is a team.', writable: 'create' }),
    serviceAccount: one('service-accounts', {
      about: 'The subject, when it is a service account.',
      writable: 'create',
    }),
    roles: many('roles', { about: 'What the subject may do there.', writable: 'always', required: true }),
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
      ],
      sort: ['isSystem'],
    },
    show: { id: 'get_access_policy', permission: 'access-policies:read' },
    create: { id: 'create_access_policy', permission: setAccessPolicies },
    update: { id: 'update_access_policy', permission: setAccessPolicies },
    remove: { id: 'delete_access_policy', permission: setAccessPolicies },
  },
})

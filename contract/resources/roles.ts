import { choice, flag, list, nullable, text } from '../attributes.ts'
import { resource, toMany, toOne } from '../resource.ts'

export const roles = resource({
  type: 'roles',
  className: 'IamRole',
  prefix: 'role',
  about: 'A named set of permissions.',
  attributes: {
    name: text({
      about: 'Name.',
      writable: 'always',
      required: true,
      blank: 'Name cannot be empty.',
    }),
    description: nullable(text({ about: 'Description.', writable: 'always', lines: true, max: 1024 })),
    isSystem: flag({ about: 'Whether it is a system role, which cannot be changed.' }),
  },
  relations: {
    account: toOne('accounts', { about: 'The account it belongs to; empty for system roles.', writable: 'create' }),
    permissions: toMany('permissions', { about: 'Permissions that it grants.', writable: 'always' }),
  },
  operations: {
    list: {
      id: 'get_roles',
      permission: 'roles:read',
      filters: ['account', 'name', 'role'],
      sort: ['name', 'isSystem'],
    },
    show: { id: 'get_role', permission: 'roles:read' },
    create: { id: 'create_role', stepUp: true, permission: 'roles:create' },
    update: { id: 'update_role', stepUp: true, permission: 'roles:update' },
    remove: { id: 'delete_role', stepUp: true, permission: 'roles:delete' },
  },
})

export const permissions = resource({
  type: 'permissions',
  className: 'Permission',
  prefix: '',
  about: 'A permission that roles can contain, in the form `resource:action`.',
  attributes: {
    description: text({ about: 'Description.' }),
    applicableScopes: list(choice(['account', 'environment', 'workspace'], { about: 'Type of a scope.' }), {
      about: 'Types of scopes at which it can be granted.',
    }),
  },
  relations: {},
  operations: {
    list: { id: 'get_permissions', permission: 'signed-in', unpaginated: true },
    show: { id: 'get_permission', permission: 'signed-in' },
  },
})

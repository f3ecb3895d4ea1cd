import { choice, flag, list, maybe, text } from '../attributes.ts'
import { many, one, resource } from '../resource.ts'

export const roles = resource({
  type: 'roles',
  className: 'IamRole',
  prefix: 'role',
  about: 'A named set of permissions.',
  attributes: {
    name: text({
      about: 'What the role is called.',
      writable: 'always',
      required: true,
      blank: 'Name cannot be empty.',
    }),
    description: maybe(text({ about: 'What the role is for.', writable: 'always', lines: true, max: 1024 })),
    isSystem: flag({ about: 'System roles are the same everywhere and cannot be changed.' }),
  },
  relations: {
    account: one('accounts', { about: 'Where it belongs; empty for system roles.', writable: 'create' }),
    permissions: many('permissions', { about: 'What it lets one do.', writable: 'always' }),
  },
  operations: {
    list: {
      id: 'get_roles',
      permission: 'roles:read',
      filters: ['account', 'name', 'role'],
      sort: ['name', 'isSystem'],
    },
    show: { id: 'get_role', permission: 'roles:read' },
    create: { id: 'create_role', permission: 'roles:create' },
    update: { id: 'update_role', permission: 'roles:update' },
    remove: { id: 'delete_role', permission: 'roles:delete' },
  },
})

export const permissions = resource({
  type: 'permissions',
  className: 'Permission',
  prefix: '',
  about: 'One thing a role may let one do, written `resource:action`.',
  attributes: {
    description: text({ about: 'What it allows.' }),
    applicableScopes: list(choice(['account', 'environment', 'workspace'], { about: 'A kind of scope.' }), {
      about: 'Where it can be granted.',
    }),
  },
  relations: {},
  operations: {
    list: { id: 'get_permissions', permission: 'signed-in', unpaginated: true },
    show: { id: 'get_permission', permission: 'signed-in' },
  },
})

import { choice, flag, nullable, text, timestamp } from '../attributes.ts'
import { limits } from '../limits.ts'
import { resource, toOne } from '../resource.ts'

const force = {
  force: {
    about: 'Whether a final variable replaces variables with the same key in narrower scopes.',
    values: ['true', 'false'],
  },
}

export const vars = resource({
  type: 'vars',
  auditName: 'variables',
  className: 'Variable',
  prefix: 'var',
  about: 'A value for workspaces, at account, environment or workspace scope. Sensitive values are never returned.',
  attributes: {
    key: text({ about: 'Key.', writable: 'always', required: true, blank: 'Key cannot be empty.' }),
    value: nullable(
      text({
        about: 'Value; null if sensitive, and for callers without permission to read variables.',
        writable: 'always',
        lines: true,
        max: limits.variableValueCharacters,
        holdsSecret: true,
      }),
    ),
    category: choice(['terraform', 'shell', 'env'], {
      about: 'Category. env is an older name for shell.',
      writable: 'create',
      required: true,
    }),
    hcl: flag({
      about: 'Whether the value is an HCL expression. Only for category terraform.',
      writable: 'always',
      fallback: false,
    }),
    sensitive: flag({
      about: 'Whether the value is encrypted and never returned.',
      writable: 'always',
      fallback: false,
    }),
    final: flag({ about: 'Whether narrower scopes cannot override it.', writable: 'always', fallback: false }),
    description: nullable(text({ about: 'Description.', writable: 'always', lines: true, max: 1024 })),
    updatedAt: nullable(timestamp({ about: 'Time of the last update.' })),
    updatedByEmail: nullable(text({ about: 'Email address of the user who last updated it.' })),
  },
  relations: {
    account: toOne('accounts', { about: 'The account it belongs to.', writable: 'create' }),
    environment: toOne('environments', { about: 'The environment it belongs to.', writable: 'create' }),
    workspace: toOne('workspaces', { about: 'The workspace it belongs to.', writable: 'create' }),
    accessToken: toOne('access-tokens', {
      about: 'The token in its sensitive value, if it is a token of this installation.',
    }),
    updatedBy: toOne('users', { about: 'The user who last updated it.' }),
  },
  operations: {
    list: {
      id: 'get_variables',
      permission: 'variables:read',
      filters: ['var', 'key', 'category', 'workspace', 'environment', 'account', 'accessToken'],
      sort: ['key', 'category', 'updatedAt'],
    },
    show: { id: 'get_variable', permission: 'variables:read' },
    create: { id: 'create_variable', stepUp: true, permission: 'variables:create', parameters: force },
    update: { id: 'update_variable', stepUp: true, permission: 'variables:update', parameters: force },
    remove: { id: 'delete_variable', stepUp: true, permission: 'variables:delete' },
  },
})

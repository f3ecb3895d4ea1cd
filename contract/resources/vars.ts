import { choice, flag, maybe, text, timestamp } from '../attributes.ts'
import { limits } from '../limits.ts'
import { one, resource } from '../resource.ts'

const force = {
  force: {
    about: 'Lets a final variable override those of the same key in narrower scopes.',
    values: ['true', 'false'],
  },
}

export const vars = resource({
  type: 'vars',
  className: 'Variable',
  prefix: 'var',
  about: 'A value for workspaces, at account, environment or workspace scope. A sensitive value is never shown again.',
  attributes: {
    key: text({ about: 'Its name.', writable: 'always', required: true, blank: 'Key cannot be empty.' }),
    value: maybe(
      text({
        about: 'The value; null when sensitive, and for people who may write but not read variables.',
        writable: 'always',
        lines: true,
        max: limits.variableValueCharacters,
        holdsSecret: true,
      }),
    ),
    category: choice(['terraform', 'shell', 'env'], {
      about: 'env is the older word for shell.',
      writable: 'create',
      required: true,
    }),
    hcl: flag({
      about: 'Whether the value is an HCL expression; terraform only.',
      writable: 'always',
      fallback: false,
    }),
    sensitive: flag({ about: 'Encrypted and never shown again.', writable: 'always', fallback: false }),
    final: flag({ about: 'Whether narrower scopes may not override it.', writable: 'always', fallback: false }),
    description: maybe(text({ about: 'What it is for.', writable: 'always', lines: true, max: 1024 })),
    updatedAt: maybe(timestamp({ about: 'When it was last changed.' })),
    updatedByEmail: maybe(text({ about: 'Who changed it last.' })),
  },
  relations: {
    account: one('accounts', { about: 'Its account.', writable: 'create' }),
    environment: one('environments', { about: 'Its environment.', writable: 'create' }),
    workspace: one('workspaces', { about: 'Its workspace.', writable: 'create' }),
    accessToken: one('access-tokens', { about: 'The token that its sensitive value is, when it is one minted here.' }),
    updatedBy: one('users', { about: 'Who changed it last.' }),
  },
  operations: {
    list: {
      id: 'get_variables',
      permission: 'variables:read',
      filters: ['var', 'key', 'category', 'workspace', 'environment', 'account', 'accessToken'],
      sort: ['key', 'category', 'updatedAt'],
    },
    show: { id: 'get_variable', permission: 'variables:read' },
    create: { id: 'create_variable', permission: 'variables:create', parameters: force },
    update: { id: 'update_variable', permission: 'variables:update', parameters: force },
    remove: { id: 'delete_variable', permission: 'variables:delete' },
  },
})

import { flag, nullable, text } from '../attributes.ts'
import { resource, toOne } from '../resource.ts'

export const tags = resource({
  type: 'tags',
  className: 'AccountTag',
  prefix: 'tag',
  about: 'A label for environments and workspaces.',
  attributes: {
    name: text({
      about: 'Name, unique in the account.',
      writable: 'always',
      required: true,
      max: 128,
      blank: 'Name cannot be empty.',
      pattern: {
        is: /^[\p{L}\p{N}][\p{L}\p{N} _.:=@+-]*$/u,
        detail: 'Expected letters, digits, spaces and the characters _ . : = @ + - after a letter or digit.',
      },
    }),
    inUse: nullable(flag({ about: 'Whether it is in use.' })),
  },
  relations: { account: toOne('accounts', { about: 'The account it belongs to.', writable: 'create' }) },
  operations: {
    list: { id: 'list_tags', permission: 'tags:read', filters: ['tag', 'account', 'name'], sort: ['name'] },
    show: { id: 'get_tag', permission: 'tags:read' },
    create: { id: 'create_tag', permission: 'tags:create' },
    update: { id: 'update_tag', permission: 'tags:update' },
    remove: { id: 'delete_tag', permission: 'tags:delete' },
  },
})

import { choice, maybe, text } from '../attributes.ts'
import { many, one, resource } from '../resource.ts'

export const teams = resource({
  type: 'teams',
  className: 'Team',
  prefix: 'team',
  about: 'A group of people who share access policies.',
  attributes: {
    name: text({
      about: 'What the team is called.',
      writable: 'always',
      required: true,
      blank: 'Name cannot be empty.',
    }),
    description: maybe(text({ about: 'What the team is for.', writable: 'always', lines: true, max: 1024 })),
  },
  relations: {
    account: one('accounts', { about: 'Where it belongs.', writable: 'create' }),
    identityProvider: one('identity-providers', { about: 'Where its people sign in.', writable: 'create' }),
    users: many('users', { about: 'Its members.', writable: 'always' }),
  },
  operations: {
    list: {
      id: 'get_teams',
      permission: 'teams:read',
      filters: ['team', 'name', 'account', 'identityProvider'],
      sort: ['name', 'identityProvider'],
    },
    show: { id: 'get_team', permission: 'teams:read' },
    create: { id: 'create_team', permission: 'teams:create' },
    update: { id: 'update_team', permission: 'teams:update' },
    remove: { id: 'delete_team', permission: 'teams:delete' },
  },
})

export const identityProviders = resource({
  type: 'identity-providers',
  className: 'IdentityProvider',
  prefix: 'idp',
  about: 'Where people sign in. Seen through other resources only.',
  attributes: {
    name: text({ about: 'What it is called.' }),
    idpType: choice(['scalr', 'ldap', 'saml'], { about: 'The built-in one is of type scalr.' }),
    verificationStatus: choice(['pending', 'success', 'running'], { about: 'Whether its settings were tried.' }),
  },
  relations: { account: one('accounts', { about: 'Where it belongs; empty for the built-in one.' }) },
  operations: {},
})

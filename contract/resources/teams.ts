import { choice, maybe, text } from '../attributes.ts'
import { many, one, resource } from '../resource.ts'

export const teams = resource({
  type: 'teams',
  className: 'Team',
  prefix: 'team',
  about: 'A group of users who share access policies.',
  attributes: {
    name: text({
      about: 'Name.',
      writable: 'always',
      required: true,
      blank: 'Name cannot be empty.',
    }),
    description: maybe(text({ about: 'Description.', writable: 'always', lines: true, max: 1024 })),
  },
  relations: {
    account: one('accounts', { about: 'The account it belongs to.', writable: 'create' }),
    identityProvider: one('identity-providers', { about: 'The identity provider of its users.', writable: 'create' }),
    users: many('users', { about: 'Members.', writable: 'always' }),
  },
  operations: {
    list: {
      id: 'get_teams',
      permission: 'teams:read',
      filters: ['team', 'name', 'account', 'identityProvider'],
      sort: ['name', 'identityProvider'],
    },
    show: { id: 'get_team', permission: 'teams:read' },
    create: { id: 'create_team', stepUp: true, permission: 'teams:create' },
    update: { id: 'update_team', stepUp: true, permission: 'teams:update' },
    remove: { id: 'delete_team', stepUp: true, permission: 'teams:delete' },
  },
})

export const identityProviders = resource({
  type: 'identity-providers',
  className: 'IdentityProvider',
  prefix: 'idp',
  about: 'Where users sign in. Only available as a relationship of other resources.',
  attributes: {
    name: text({ about: 'Name.' }),
    idpType: choice(['scalr', 'ldap', 'saml'], { about: 'Type. The built-in provider is scalr.' }),
    verificationStatus: choice(['pending', 'success', 'running'], { about: 'Result of verifying its settings.' }),
  },
  relations: { account: one('accounts', { about: 'The account it belongs to; empty for the built-in provider.' }) },
  operations: {},
})

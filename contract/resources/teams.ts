import { choice, nullable, text } from '../attributes.ts'
import { resource, toMany, toOne } from '../resource.ts'

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
    description: nullable(text({ about: 'Description.', writable: 'always', lines: true, max: 1024 })),
  },
  relations: {
    account: toOne('accounts', { about: 'The account it belongs to.', writable: 'create' }),
    identityProvider: toOne('identity-providers', { about: 'The identity provider of its users.', writable: 'create' }),
    users: toMany('users', { about: 'Members.', writable: 'always' }),
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
  about: 'An identity provider with which users sign in. Only available as a relationship of other resources.',
  attributes: {
    name: text({ about: 'Name.' }),
    idpType: choice(['scalr', 'ldap', 'saml'], { about: 'Type. The built-in provider is scalr.' }),
    verificationStatus: choice(['pending', 'success', 'running'], { about: 'Result of verifying its settings.' }),
  },
  relations: { account: toOne('accounts', { about: 'The account it belongs to; empty for the built-in provider.' }) },
  operations: {},
})

import { choice, flag, nullable, text, timestamp } from '../attributes.ts'
import { emailAddressDetail, isEmailAddress } from '../email-address.ts'
import { limits } from '../limits.ts'
import { resource, toMany, toOne } from '../resource.ts'

const statuses = ['Active', 'Inactive', 'Pending'] as const

export const email = { is: { test: isEmailAddress }, detail: emailAddressDetail }

export const users = resource({
  type: 'users',
  className: 'User',
  prefix: 'user',
  about: "A person. Their own and their teams' access policies grant their permissions.",
  attributes: {
    email: text({ about: 'Unique email address.', writable: 'always', required: true, max: 254, pattern: email }),
    username: text({ about: 'Name used to sign in; for local users, the email address.' }),
    fullName: nullable(text({ about: 'First and last name.', writable: 'always' })),
    status: choice(statuses, {
      about: 'Tokens of an Inactive user are refused until the user is Active again.',
      writable: 'always',
    }),
    password: nullable(
      text({
        about:
          'A first password, which expires after 7 days and must be replaced at the first sign-in; or your own, in a console session. Passwords that are easy to guess are rejected.',
        holdsSecret: true,
        writable: 'always',
        writeOnly: true,
        max: limits.passwordCharactersMax,
      }),
    ),
    changePasswordOnSignIn: flag({
      about: 'Whether the user must set a new password at the next sign-in.',
      writable: 'create',
      writeOnly: true,
    }),
    createdAt: nullable(timestamp({ about: 'Time of creation.' })),
    lastLoginAt: nullable(timestamp({ about: 'Time of the last sign-in.', unsetIsEarliest: true })),
  },
  relations: {
    identityProviders: toMany('identity-providers', {
      about: 'Identity providers with which the user can sign in.',
      writable: 'always',
    }),
    teams: toMany('teams', { about: 'Teams of the user.', writable: 'update' }),
  },
  operations: {
    list: {
      id: 'get_users',
      permission: 'users:read',
      filters: ['user', 'email', 'identityProvider', 'status', 'account'],
      sort: ['email', 'fullName', 'username', 'createdAt', 'lastLoginAt', 'status'],
      parameters: { access_query: { about: 'Full-text search for users who can be granted access.' } },
    },
    show: { id: 'get_user', permission: 'users:read' },
    create: { id: 'create_user', stepUp: true, permission: 'users:create' },
    update: { id: 'update_user', audited: 'by-handler', stepUp: true, permission: 'users:update' },
    remove: { id: 'delete_user', audited: 'by-handler', stepUp: true, permission: 'users:delete' },
    endSessions: {
      id: 'end_user_sessions',
      audited: 'sessions-ended',
      stepUp: true,
      about: 'End all sessions of a user. Tokens and sign-in methods are kept.',
      permission: 'users:update',
      path: '/users/{user}/actions/end-sessions',
      returns: 'nothing',
    },
  },
})

export const accountUsers = resource({
  type: 'account-users',
  className: 'AccountUser',
  prefix: '',
  about: 'Membership of a user in an account.',
  attributes: {
    status: choice(statuses, { about: 'Status of the user.' }),
    lastLoginAt: nullable(timestamp({ about: 'Time of the last sign-in.', unsetIsEarliest: true })),
  },
  relations: {
    account: toOne('accounts', { about: 'The account.' }),
    user: toOne('users', { about: 'The user.' }),
    teams: toMany('teams', { about: "The user's teams in this account." }),
  },
  operations: {
    list: {
      id: 'get_account_users',
      permission: 'users:read',
      filters: ['account', 'user'],
      sort: ['createdAt', 'email', 'fullName', 'lastLoginAt', 'status'],
    },
  },
})

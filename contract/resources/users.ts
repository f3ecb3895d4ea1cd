import { choice, flag, maybe, text, timestamp } from '../attributes.ts'
import { emailAddressDetail, isEmailAddress } from '../email-address.ts'
import { limits } from '../limits.ts'
import { many, one, resource } from '../resource.ts'

const statuses = ['Active', 'Inactive', 'Pending'] as const

export const email = { is: { test: isEmailAddress }, detail: emailAddressDetail }

export const users = resource({
  type: 'users',
  className: 'User',
  prefix: 'user',
  about: 'A person. What a person may do is decided by access policies, their own and those of their teams.',
  attributes: {
    email: text({ about: 'E-mail address, unique.', writable: 'always', required: true, max: 254, pattern: email }),
    username: text({ about: 'The name to sign in with; the e-mail address for local people.' }),
    fullName: maybe(text({ about: 'First and last name.', writable: 'always' })),
    status: choice(statuses, {
      about: 'Tokens of an Inactive person are refused until the person is Active again.',
      writable: 'always',
    }),
    password: maybe(
      text({
        about:
          'A first password, which expires after 7 days and must be replaced at the first sign-in; or your own, in a console session. A password that is easy to guess is refused.',
        holdsSecret: true,
        writable: 'always',
        writeOnly: true,
        max: limits.passwordCharactersMax,
      }),
    ),
    changePasswordOnSignIn: flag({
      about: 'Ask for a new password at the next sign-in.',
      writable: 'create',
      writeOnly: true,
    }),
    createdAt: maybe(timestamp({ about: 'When the person was added.' })),
    lastLoginAt: maybe(timestamp({ about: 'When the person last signed in.' })),
  },
  relations: {
    identityProviders: many('identity-providers', { about: 'Where the person may sign in.', writable: 'always' }),
    teams: many('teams', { about: 'The teams the person belongs to.', writable: 'update' }),
  },
  operations: {
    list: {
      id: 'get_users',
      permission: 'users:read',
      filters: ['user', 'email', 'identityProvider', 'status', 'account'],
      sort: ['email', 'fullName', 'username', 'createdAt', 'lastLoginAt', 'status'],
      parameters: { access_query: { about: 'Free text over the people who may be given access.' } },
    },
    show: { id: 'get_user', permission: 'users:read' },
    create: { id: 'create_user', permission: 'users:create' },
    update: { id: 'update_user', permission: 'users:update' },
    remove: { id: 'delete_user', permission: 'users:delete' },
    endSessions: {
      id: 'end_user_sessions',
      about: 'Sign a person out everywhere. Tokens and sign-in methods stay.',
      permission: 'users:update',
      path: '/users/{user}/actions/end-sessions',
      answers: 'nothing',
    },
  },
})

export const accountUsers = resource({
  type: 'account-users',
  className: 'AccountUser',
  prefix: '',
  about: 'A person as a member of one account.',
  attributes: {
    status: choice(statuses, { about: 'The status of the person.' }),
    lastLoginAt: maybe(timestamp({ about: 'When the person last signed in.' })),
  },
  relations: {
    account: one('accounts', { about: 'The account.' }),
    user: one('users', { about: 'The person.' }),
    teams: many('teams', { about: "The person's teams in this account." }),
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

import { anyObject, flag, integer, list, maybe, text, timestamp } from '../attributes.ts'
import { many, one, resource } from '../resource.ts'
import { email } from './users.ts'

export const accounts = resource({
  type: 'accounts',
  className: 'Account',
  prefix: 'acc',
  about: 'The widest scope: everything else belongs to one account.',
  attributes: {
    name: text({ about: 'What the account is called.' }),
    allowedIps: list(text({ about: 'An IPv4 address or network.' }), {
      about:
        'IPv4 networks its tokens may be used from. Where this and `allowed-ipv6` are empty: from anywhere. Loopback always works.',
      writable: 'update',
      max: 500,
    }),
    allowedIpv6: list(text({ about: 'An IPv6 address or network.' }), {
      about:
        'IPv6 networks its tokens may be used from, beside those of `allowed-ips`. With only one of the two set, no address of the other kind is allowed.',
      writable: 'update',
      max: 500,
    }),
    supportAccessEnabled: flag({ about: 'Whether support staff may look in. Kept for clients.', writable: 'update' }),
    quotas: anyObject({ about: 'What the account may have. An authority sets no quota of its own.' }),
    createdAt: timestamp({ about: 'When it was created.' }),
    lastLoginAttemptAt: maybe(timestamp({ about: 'When somebody last tried to log in.' })),
    loginAttempts: maybe(integer({ about: 'Failed attempts since the last success.', min: 0, max: 2 ** 31 })),
  },
  relations: {
    owner: one('users', { about: 'Who holds the account and can never be locked out.', writable: 'update' }),
    identityProvider: one('identity-providers', { about: 'Where its people sign in.', writable: 'update' }),
    billingPlan: one('billing-plans', { about: 'Always empty.', vacant: true }),
    ssoBypassUsers: many('users', { about: 'Who may sign in without the identity provider.', writeOnly: true }),
  },
  operations: {
    list: {
      id: 'get_accounts',
      permission: 'accounts:read',
      filters: ['account', 'name'],
      sort: ['name', 'createdAt'],
    },
    show: { id: 'get_account', permission: 'accounts:read' },
    update: { id: 'update_account', permission: 'accounts:update' },
    invite: {
      id: 'invite_user_to_account',
      about: 'Invite a person by e-mail, with teams and roles. An unknown e-mail becomes a Pending user.',
      permission: 'users:create',
      path: '/accounts/{account}/actions/invite',
      takes: {
        type: 'users',
        attributes: {
          email: text({ about: 'Whom to invite.', writable: 'create', required: true, max: 254, pattern: email }),
          sendInvite: flag({ about: 'Whether to send a message. Messages are not sent yet.', writable: 'create' }),
        },
        relations: {
          roles: many('roles', { about: 'Roles to hold on the whole account.', writable: 'create' }),
          teams: many('teams', { about: 'Teams to join.', writable: 'create' }),
        },
      },
      answers: { type: 'account-users' },
      status: 201,
    },
    removeUser: {
      id: 'remove_user_from_account',
      about: 'Remove a person from the account, with all policies and team memberships there.',
      permission: 'users:delete',
      method: 'DELETE',
      path: '/accounts/{account}/actions/remove/{user}',
      answers: 'nothing',
    },
    confirmUser: {
      id: 'confirm_account_user',
      about:
        'Take responsibility for who signs in as a person whom somebody else let into the account, so that they can be granted rights which that one does not hold.',
      permission: 'users:update',
      path: '/accounts/{account}/actions/confirm/{user}',
      answers: 'nothing',
    },
    listSsoBypassUsers: {
      id: 'list_sso_bypass_users',
      kind: 'list-members',
      relation: 'ssoBypassUsers',
      permission: 'accounts:read',
    },
    addSsoBypassUsers: {
      id: 'add_sso_bypass_users',
      kind: 'add-members',
      relation: 'ssoBypassUsers',
      permission: 'accounts:update',
    },
    replaceSsoBypassUsers: {
      id: 'replace_sso_bypass_users',
      kind: 'replace-members',
      relation: 'ssoBypassUsers',
      permission: 'accounts:update',
    },
    removeSsoBypassUsers: {
      id: 'delete_sso_bypass_users',
      kind: 'remove-members',
      relation: 'ssoBypassUsers',
      permission: 'accounts:update',
    },
  },
})

import { anyObject, flag, integer, list, nullable, text, timestamp } from '../attributes.ts'
import { resource, toMany, toOne } from '../resource.ts'
import { email } from './users.ts'

export const accounts = resource({
  type: 'accounts',
  className: 'Account',
  prefix: 'acc',
  about: 'The widest scope. All other objects belong to an account.',
  attributes: {
    name: text({
      about: 'Name.',
      writable: 'update',
      blank: 'A name cannot be empty.',
    }),
    allowedIps: list(text({ about: 'An IPv4 address or network.' }), {
      about:
        'IPv4 networks from which tokens are accepted. If this and `allowed-ipv6` are empty, all networks are allowed. Loopback addresses are always allowed.',
      writable: 'update',
      max: 500,
    }),
    allowedIpv6: list(text({ about: 'An IPv6 address or network.' }), {
      about:
        'IPv6 networks from which tokens are accepted, in addition to `allowed-ips`. If only one of the two is set, no address of the other version is allowed.',
      writable: 'update',
      max: 500,
    }),
    confirmLockoutFrom: text({
      about:
        'For sessions: the address of this request, to confirm that tokens and sessions of the account are no longer accepted from it. Without it, networks that do not contain the address are rejected.',
      writable: 'update',
      writeOnly: true,
    }),
    requireSecondFactor: flag({
      about:
        'Whether users must sign in with a passkey, or with a password and a one-time password. Until they do, a session can only set one up. Tokens are not affected.',
      writable: 'update',
    }),
    supportAccessEnabled: flag({
      about: 'Whether support staff has access. Stored for Scalr clients, without effect.',
      writable: 'update',
    }),
    quotas: anyObject({ about: 'Quotas of the account. Mintmark sets none.' }),
    createdAt: timestamp({ about: 'Time of creation.' }),
    lastLoginAttemptAt: nullable(timestamp({ about: 'Time of the last sign-in attempt.' })),
    loginAttempts: nullable(
      integer({ about: 'Failed sign-in attempts since the last successful one.', min: 0, max: 2 ** 31 }),
    ),
  },
  relations: {
    owner: toOne('users', { about: 'The owner, who always keeps full access.', writable: 'update' }),
    identityProvider: toOne('identity-providers', { about: 'The identity provider of its users.', writable: 'update' }),
    billingPlan: toOne('billing-plans', { about: 'Always empty.', alwaysEmpty: true }),
    ssoBypassUsers: toMany('users', { about: 'Users who can sign in without the identity provider.', writeOnly: true }),
  },
  operations: {
    list: {
      id: 'get_accounts',
      permission: 'accounts:read',
      filters: ['account', 'name'],
      sort: ['name', 'createdAt'],
    },
    show: { id: 'get_account', permission: 'accounts:read' },
    update: { id: 'update_account', stepUp: true, permission: 'accounts:update' },
    invite: {
      id: 'invite_user_to_account',
      audited: 'by-handler',
      stepUp: true,
      about: 'Invite a user by email address, with teams and roles. An unknown address creates a Pending user.',
      permission: 'users:create',
      path: '/accounts/{account}/actions/invite',
      inputDocument: {
        type: 'users',
        attributes: {
          email: text({
            about: 'Email address to invite.',
            writable: 'create',
            required: true,
            max: 254,
            pattern: email,
          }),
          sendInvite: flag({ about: 'Stored for Scalr clients, without effect.', writable: 'create' }),
        },
        relations: {
          roles: toMany('roles', { about: 'Roles to grant on the account.', writable: 'create' }),
          teams: toMany('teams', { about: 'Teams to join.', writable: 'create' }),
        },
      },
      returns: { type: 'account-users' },
      status: 201,
    },
    removeUser: {
      id: 'remove_user_from_account',
      audited: 'by-handler',
      stepUp: true,
      about: 'Remove a user from the account, with their access policies and team memberships in it.',
      permission: 'users:delete',
      method: 'DELETE',
      path: '/accounts/{account}/actions/remove/{user}',
      returns: 'nothing',
    },
    confirmUser: {
      id: 'confirm_account_user',
      audited: 'by-handler',
      stepUp: true,
      about:
        'Confirm that you know who signs in as a user whom another user added to the account. The added user can then be granted rights that the other one does not have.',
      permission: 'users:update',
      path: '/accounts/{account}/actions/confirm/{user}',
      returns: 'nothing',
    },
    listSsoBypassUsers: {
      id: 'list_sso_bypass_users',
      kind: 'list-members',
      relation: 'ssoBypassUsers',
      permission: 'accounts:read',
    },
    addSsoBypassUsers: {
      id: 'add_sso_bypass_users',
      stepUp: true,
      kind: 'add-members',
      relation: 'ssoBypassUsers',
      permission: 'accounts:update',
    },
    replaceSsoBypassUsers: {
      id: 'replace_sso_bypass_users',
      stepUp: true,
      kind: 'replace-members',
      relation: 'ssoBypassUsers',
      permission: 'accounts:update',
    },
    removeSsoBypassUsers: {
      id: 'delete_sso_bypass_users',
      stepUp: true,
      kind: 'remove-members',
      relation: 'ssoBypassUsers',
      permission: 'accounts:update',
    },
  },
})

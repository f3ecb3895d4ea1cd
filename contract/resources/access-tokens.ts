import { choice, flag, integer, list, nullable, text, timestamp } from '../attributes.ts'
import { limits } from '../limits.ts'
import { resource, toOne } from '../resource.ts'

/** The permission required, by the type of the token's owner. */
export const ofOwner = (action: 'read' | 'update' | 'delete') => ({
  user: `access-tokens:${action}`,
  'service-account': action === 'read' ? 'service-accounts:read' : 'service-accounts:update',
  'agent-pool': action === 'read' ? 'agent-pools:read' : 'agent-pools:update',
})

/** Attributes of a token that identify its owner. */
export const ownerAttributes = {
  ownerType: choice(['user', 'service-account', 'agent-pool'], { about: 'Type of the owner.' }),
  ownerId: text({ about: 'ID of the owner.' }),
  ownerEmail: nullable(text({ about: 'Email address of the owner. Null for agent pools.' })),
  ownerStatus: nullable(
    choice(['Active', 'Inactive', 'Pending'], {
      about: 'Whether the owner is active. Tokens of other owners are rejected. Null for agent pools.',
    }),
  ),
}

const listQuery = {
  filters: ['accessToken', 'name', 'isExpired', 'family'],
  sort: ['name', 'createdAt', 'expiresAt', 'lastUsedAt'],
} as const

export const accessTokens = resource({
  type: 'access-tokens',
  className: 'AccessToken',
  prefix: 'at',
  about: 'A secret with which a program authenticates. It is returned once and stored as a hash.',
  attributes: {
    name: nullable(text({ about: 'Name.', writable: 'always' })),
    description: nullable(
      text({ about: 'Description.', writable: 'always', lines: true, max: limits.descriptionCharacters }),
    ),
    token: nullable(
      text({ about: 'The token itself, only in the response that creates it.', shownOnce: true, max: 512 }),
    ),
    expiresIn: nullable(
      integer({
        about: 'Lifetime in minutes; null: it does not expire.',
        writable: 'create',
        min: 1,
        max: limits.tokenLifetimeMinutesMax,
      }),
    ),
    expiresAt: nullable(timestamp({ about: 'Time of expiry.' })),
    isExpired: flag({ about: 'Whether it has expired.' }),
    lastUsedAt: nullable(
      timestamp({ about: 'Time of the last use, accurate to a few seconds.', unsetIsEarliest: true }),
    ),
    createdAt: timestamp({ about: 'Time of creation.' }),
    lastCharacters: text({ about: 'The last six characters, which can be displayed safely.' }),
    permissions: nullable(
      list(text({ about: 'The name of a permission, such as `workspaces:read`.' }), {
        about: "Narrows the token to these permissions; null: all of its owner's permissions.",
        writable: 'create',
        max: 200,
      }),
    ),
    scopes: nullable(
      list(text({ about: 'ID of an account, environment or workspace.' }), {
        about: "Narrows the token to these scopes; null: all of its owner's scopes.",
        writable: 'create',
        max: 200,
      }),
    ),
    ...ownerAttributes,
    family: text({ about: 'ID of the first token of its token family. Rotation keeps it.' }),
    renewableUntil: nullable(
      timestamp({
        about:
          'Rotation does not extend the token beyond this time: the expiry of the token that created it, or the end of a workload identity session; null: no limit.',
      }),
    ),
  },
  relations: {
    createdBy: toOne('users', { about: 'The user who created it.' }),
    predecessor: toOne('access-tokens', { about: 'The token that it replaced.' }),
    successor: toOne('access-tokens', { about: 'The token that replaces it.' }),
    parent: toOne('access-tokens', {
      about: 'The token that authenticated the request which created or rotated it.',
    }),
  },
  operations: {
    list: { id: 'list_access_tokens', about: 'List your own tokens.', permission: 'signed-in', ...listQuery },
    create: {
      id: 'create_access_token',
      audited: 'by-handler',
      stepUp: true,
      about: 'Create a personal token for yourself.',
      permission: 'signed-in',
    },
    show: {
      id: 'get_access_token',
      about: 'Get a token of any owner. `self` is the calling token.',
      permission: ofOwner('read'),
    },
    update: {
      id: 'update_access_token',
      about: 'Update a token. `self` is the calling token.',
      permission: ofOwner('update'),
    },
    remove: {
      id: 'delete_access_token',
      audited: 'by-handler',
      stepUp: 'unless-own',
      about: 'Delete a token. Requests that use it fail immediately. `self` is the calling token.',
      permission: ofOwner('delete'),
    },
    rotate: {
      id: 'rotate_access_token',
      audited: 'by-handler',
      stepUp: true,
      about:
        'Create a successor. The old token stays valid for the overlap. `self` is the calling token and needs no permission. A token that was reported as leaked cannot rotate itself, and a workload identity session cannot be rotated.',
      permission: ofOwner('update'),
      path: '/access-tokens/{access_token}/actions/rotate',
      body: {
        overlap: nullable(
          integer({
            about: 'Minutes for which the old token stays valid, but not beyond its expiry.',
            min: 0,
            max: limits.rotationOverlapMinutesMax,
          }),
        ),
        expiresIn: nullable(
          integer({
            about:
              "Lifetime of the successor in minutes; absent or null: the old token's lifetime. A longer one requires the permission to create tokens for the owner.",
            min: 1,
            max: limits.tokenLifetimeMinutesMax,
          }),
        ),
      },
      returns: 'document',
      status: 201,
    },
    listOfServiceAccount: {
      id: 'list_service_account_access_tokens',
      kind: 'list',
      permission: 'service-accounts:read',
      under: 'serviceAccount',
      path: '/service-accounts/{service_account}/access-tokens',
      ...listQuery,
    },
    createForServiceAccount: {
      id: 'create_service_account_token',
      audited: 'by-handler',
      stepUp: true,
      kind: 'create',
      permission: 'service-accounts:update',
      under: 'serviceAccount',
      path: '/service-accounts/{service_account}/access-tokens',
    },
    listOfAgentPool: {
      id: 'list_agent_pool_access_tokens',
      kind: 'list',
      permission: 'agent-pools:read',
      under: 'agentPool',
      path: '/agent-pools/{agent_pool}/access-tokens',
      ...listQuery,
    },
    createForAgentPool: {
      id: 'create_agent_pool_token',
      audited: 'by-handler',
      stepUp: true,
      kind: 'create',
      permission: 'agent-pools:update',
      under: 'agentPool',
      path: '/agent-pools/{agent_pool}/access-tokens',
    },
  },
})

export const accessTokenUsages = resource({
  type: 'access-token-usages',
  className: 'AccessTokenUsage',
  prefix: '',
  about: 'A row of the token report: owner and last use of a token. The ID is that of the token.',
  attributes: {
    name: nullable(text({ about: 'Name.' })),
    description: nullable(text({ about: 'Description.' })),
    lastCharacters: text({ about: 'The last six characters.' }),
    createdAt: timestamp({ about: 'Time of creation.' }),
    expiresAt: nullable(timestamp({ about: 'Time of expiry.' })),
    lastUsedAt: nullable(timestamp({ about: 'Time of the last use.', unsetIsEarliest: true })),
    ownerEmail: text({ about: 'Email address of the owner.' }),
    ownerStatus: choice(['Active', 'Inactive', 'Pending'], { about: 'Whether the owner is active.' }),
    ownerType: choice(['user', 'service-account'], { about: 'Type of the owner.' }),
    ownerId: text({ about: 'ID of the owner.' }),
  },
  relations: {},
  operations: {
    list: {
      id: 'list_access_token_usage',
      about: 'Get a report of the tokens of users and service accounts, as JSON:API or CSV.',
      permission: 'access-tokens:read',
      path: '/reports/access-tokens',
      filters: [
        'account',
        'accessToken',
        'name',
        'isExpired',
        'ownerEmail',
        'ownerId',
        'ownerStatus',
        'ownerType',
        'expiresAfter',
        'expiresBefore',
        'expiresWithinDays',
        'hasExpiry',
        'isUsed',
        'unusedForDays',
        'finding',
        'isOverPrivileged',
      ],
      sort: ['name', 'createdAt', 'expiresAt', 'lastUsedAt', 'ownerEmail', 'ownerStatus', 'ownerType'],
      parameters: { format: { about: 'json (default) or csv.', values: ['json', 'csv'] } },
    },
  },
})

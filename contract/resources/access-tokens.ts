import { choice, flag, integer, list, maybe, text, timestamp } from '../attributes.ts'
import { limits } from '../limits.ts'
import { one, resource } from '../resource.ts'

/** What it takes, by the kind of owner. */
export const ofOwner = (action: 'read' | 'update' | 'delete') => ({
  user: `access-tokens:${action}`,
  'service-account': action === 'read' ? 'service-accounts:read' : 'service-accounts:update',
  'agent-pool': action === 'read' ? 'agent-pools:read' : 'agent-pools:update',
})

const ofList = {
  filters: ['accessToken', 'name', 'isExpired', 'family'],
  sort: ['name', 'createdAt', 'expiresAt', 'lastUsedAt'],
} as const

export const accessTokens = resource({
  type: 'access-tokens',
  className: 'AccessToken',
  prefix: 'at',
  about: 'A secret that a program shows to prove who it is. Shown once, kept as a hash.',
  attributes: {
    name: maybe(text({ about: 'What its owner calls it.', writable: 'always' })),
    description: maybe(
      text({ about: 'What it is for.', writable: 'always', lines: true, max: limits.descriptionCharacters }),
    ),
    token: maybe(text({ about: 'The token itself, only in the answer that minted it.', shownOnce: true, max: 512 })),
    expiresIn: maybe(
      integer({
        about: 'Minutes from minting until it ends; null: it does not end by itself.',
        writable: 'create',
        min: 1,
        max: limits.tokenLifetimeMinutesMax,
      }),
    ),
    expiresAt: maybe(timestamp({ about: 'When it stops being honoured.' })),
    isExpired: flag({ about: 'Whether that time has come.' }),
    lastUsedAt: maybe(timestamp({ about: 'When it was last used, exact to a few seconds.' })),
    createdAt: timestamp({ about: 'When it was minted.' }),
    lastCharacters: text({ about: 'Its last six characters, safe to show.' }),
    permissions: maybe(
      list(text({ about: 'A permission of the catalogue.' }), {
        about: 'Narrows the token to these permissions; null: all that its owner may do.',
        writable: 'create',
        max: 200,
      }),
    ),
    scopes: maybe(
      list(text({ about: 'The id of an account, environment or workspace.' }), {
        about: 'Narrows the token to these scopes; null: wherever its owner may act.',
        writable: 'create',
        max: 200,
      }),
    ),
    family: text({ about: 'The id of the first token of its line; rotation keeps it.' }),
    renewableUntil: maybe(
      timestamp({
        about:
          'Rotation does not extend the token beyond this time: when the token that created it expires, or the end of a workload identity session. null: no such bound.',
      }),
    ),
  },
  relations: {
    createdBy: one('users', { about: 'Who minted it.' }),
    predecessor: one('access-tokens', { about: 'The token it replaced.' }),
    successor: one('access-tokens', { about: 'The token that replaces it.' }),
    parent: one('access-tokens', {
      about: 'The token whose holder received this one: the calling token when it was created or rotated.',
    }),
  },
  operations: {
    list: { id: 'list_access_tokens', about: 'List your own tokens.', permission: 'signed-in', ...ofList },
    create: { id: 'create_access_token', about: 'Mint a personal token for yourself.', permission: 'signed-in' },
    show: {
      id: 'get_access_token',
      about: 'Show a token of any owner; `self` is the calling one.',
      permission: ofOwner('read'),
    },
    update: {
      id: 'update_access_token',
      about: 'Rename a token; `self` is the calling one.',
      permission: ofOwner('update'),
    },
    remove: {
      id: 'delete_access_token',
      about: 'End a token at once; `self` is the calling one.',
      permission: ofOwner('delete'),
    },
    rotate: {
      id: 'rotate_access_token',
      about:
        'Mint a successor; the old token lives on for the overlap. `self` is the calling one and needs no permission. A token that was reported as leaked cannot rotate itself, and a workload identity session cannot be rotated.',
      permission: ofOwner('update'),
      path: '/access-tokens/{access_token}/actions/rotate',
      body: {
        overlap: maybe(
          integer({
            about: 'Minutes the old token lives on, never beyond its own expiry.',
            min: 0,
            max: limits.rotationOverlapMinutesMax,
          }),
        ),
        expiresIn: maybe(
          integer({
            about:
              'Minutes the successor lives; absent or null: as long as the old token was given. More takes the permission to create tokens for the owner.',
            min: 1,
            max: limits.tokenLifetimeMinutesMax,
          }),
        ),
      },
      answers: 'document',
      status: 201,
    },
    listOfServiceAccount: {
      id: 'list_service_account_access_tokens',
      kind: 'list',
      permission: 'service-accounts:read',
      under: 'serviceAccount',
      path: '/service-accounts/{service_account}/access-tokens',
      ...ofList,
    },
    createForServiceAccount: {
      id: 'create_service_account_token',
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
      ...ofList,
    },
    createForAgentPool: {
      id: 'create_agent_pool_token',
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
  about: 'One row of the token report: whose it is, when it was last used. The id is that of the token.',
  attributes: {
    name: maybe(text({ about: 'What its owner calls it.' })),
    description: maybe(text({ about: 'What it is for.' })),
    lastCharacters: text({ about: 'Its last six characters.' }),
    createdAt: timestamp({ about: 'When it was minted.' }),
    expiresAt: maybe(timestamp({ about: 'When it stops being honoured.' })),
    lastUsedAt: maybe(timestamp({ about: 'When it was last used.' })),
    ownerEmail: text({ about: 'Whose it is.' }),
    ownerStatus: choice(['Active', 'Inactive', 'Pending'], { about: 'Whether the owner is active.' }),
    ownerType: choice(['user', 'service-account'], { about: 'What kind of owner.' }),
    ownerId: text({ about: 'Whose it is, by id.' }),
  },
  relations: {},
  operations: {
    list: {
      id: 'list_access_token_usage',
      about: 'Report the tokens of people and service accounts, as JSON:API or CSV.',
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
      ],
      sort: ['name', 'createdAt', 'expiresAt', 'lastUsedAt', 'ownerEmail', 'ownerStatus', 'ownerType'],
      parameters: { format: { about: 'json (default) or csv.', values: ['json', 'csv'] } },
    },
  },
})

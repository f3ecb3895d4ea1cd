import { list, nullable, text, timestamp } from '../attributes.ts'
import { limits } from '../limits.ts'
import { resource, toOne } from '../resource.ts'
import { ofOwner, ownerAttributes } from './access-tokens.ts'

const listQuery = { filters: ['name', 'family'], sort: ['revokedAt'] } as const

/** Not part of `access-tokens`: clients of that resource rely on 404 for a revoked token. */
export const revokedAccessTokens = resource({
  type: 'revoked-access-tokens',
  className: 'RevokedAccessToken',
  prefix: 'at',
  about: `A token that was revoked, with the reason and the actor. It is deleted ${limits.inactiveTokenDays} days later.`,
  attributes: {
    name: nullable(text({ about: 'Name.' })),
    description: nullable(text({ about: 'Description.' })),
    lastCharacters: text({ about: 'The last six characters.' }),
    permissions: nullable(
      list(text({ about: 'The name of a permission.' }), {
        about: "The permissions that it was narrowed to; null: all of its owner's permissions.",
      }),
    ),
    scopes: nullable(
      list(text({ about: 'ID of an account, environment or workspace.' }), {
        about: "The scopes that it was narrowed to; null: all of its owner's scopes.",
      }),
    ),
    ...ownerAttributes,
    family: text({ about: 'ID of the first token of its token family.' }),
    createdAt: timestamp({ about: 'Time of creation.' }),
    expiresAt: nullable(timestamp({ about: 'Time of expiry.' })),
    lastUsedAt: nullable(timestamp({ about: 'Time of the last use.' })),
    revokedAt: timestamp({ about: 'Time of the revocation.' }),
    reason: nullable(
      text({ about: 'Why it was revoked, from the audit event. Null if it was revoked by request, or if it expired.' }),
    ),
    revokedByType: nullable(
      text({ about: 'Type of the actor: users, service-accounts, agent-pools, or system. Null if it expired.' }),
    ),
    revokedById: nullable(text({ about: 'ID of the actor.' })),
  },
  relations: {
    predecessor: toOne('access-tokens', { about: 'The token that it replaced.' }),
    successor: toOne('access-tokens', { about: 'The token that replaces it.' }),
    createdBy: toOne('users', { about: 'The user who created it.' }),
  },
  operations: {
    list: {
      id: 'list_revoked_access_tokens',
      about: 'List your own revoked tokens.',
      permission: 'signed-in',
      ...listQuery,
    },
    show: { id: 'get_revoked_access_token', permission: ofOwner('read') },
    listOfServiceAccount: {
      id: 'list_service_account_revoked_access_tokens',
      kind: 'list',
      about: 'List the revoked tokens of a service account.',
      permission: 'service-accounts:read',
      under: 'serviceAccount',
      path: '/service-accounts/{service_account}/revoked-access-tokens',
      ...listQuery,
    },
  },
})

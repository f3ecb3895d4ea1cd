import { integer, list, text, timestamp } from '../attributes.ts'
import { resource, toOne } from '../resource.ts'
import { ofOwner } from './access-tokens.ts'

export const tokenActivity = resource({
  type: 'token-activity',
  className: 'TokenActivity',
  prefix: '',
  about: 'The networks from which a token was used, and the operations. Shows what would fail if it were revoked.',
  attributes: {
    network: text({
      about: 'The /24 of the IPv4 address or the /48 of the IPv6 address; `others` for networks beyond the limit.',
    }),
    operation: text({ about: 'The operation, or `introspect` if a service introspected the token.' }),
    permissions: list(text({ about: 'The name of a permission, such as `workspaces:read`.' }), {
      about:
        'The required permission. If there are several, one of them, depending on the object. If there is none, any valid token is sufficient.',
    }),
    times: integer({ about: 'Number of uses: requests for which the token was valid.', min: 0, max: 2 ** 31 }),
    denied: integer({
      about:
        'How many of the uses were denied: with 403 for a missing permission, or with 404 for an object that the token cannot see or that does not exist.',
      min: 0,
      max: 2 ** 31,
    }),
    rejected: integer({
      about:
        'Number of further requests with 401, and of introspections as inactive: the token was revoked or expired, its owner was inactive, or the network was not allowed.',
      min: 0,
      max: 2 ** 31,
    }),
    firstAt: timestamp({ about: 'Time of the first use; without one, of the first rejected request.' }),
    lastAt: timestamp({
      about: 'Time of the last use, accurate to a few seconds; without one, of the last rejected request.',
    }),
  },
  relations: { accessToken: toOne('access-tokens', { about: 'The token.' }) },
  operations: {
    list: {
      id: 'list_token_activity',
      about: 'List the networks and operations for which a token was used.',
      permission: ofOwner('read'),
      under: 'accessToken',
      path: '/access-tokens/{access_token}/activity',
      filters: ['network', 'operation'],
      sort: ['lastAt', 'firstAt', 'times', 'network', 'operation'],
    },
    listOfRevokedAccessToken: {
      id: 'list_revoked_token_activity',
      kind: 'list',
      about: 'List the networks and operations for which a token was used before and after it was revoked.',
      permission: ofOwner('read'),
      under: 'revokedAccessToken',
      path: '/revoked-access-tokens/{revoked_access_token}/activity',
      filters: ['network', 'operation'],
      sort: ['lastAt', 'firstAt', 'times', 'network', 'operation'],
    },
  },
})

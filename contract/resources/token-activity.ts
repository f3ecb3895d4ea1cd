import { integer, list, text, timestamp } from '../attributes.ts'
import { one, resource } from '../resource.ts'
import { ofOwner } from './access-tokens.ts'

export const tokenActivity = resource({
  type: 'token-activity',
  className: 'TokenActivity',
  prefix: '',
  about: 'From which network a token was used and for what: who would notice if it ended.',
  attributes: {
    network: text({ about: 'The /24 of the address, of IPv6 its /48; `others` for those past a limit.' }),
    operation: text({ about: 'The operation, or `introspect` where another service asked about the token.' }),
    permissions: list(text({ about: 'A permission of the catalogue.' }), {
      about: 'The permission it takes. Several: one of them, by the object. None: a good token is enough.',
    }),
    times: integer({ about: 'How often.', min: 1, max: 2 ** 31 }),
    firstAt: timestamp({ about: 'The first time.' }),
    lastAt: timestamp({ about: 'The last time, exact to a few seconds.' }),
  },
  relations: { accessToken: one('access-tokens', { about: 'The token.' }) },
  operations: {
    list: {
      id: 'list_token_activity',
      about: 'List from where a token was used, and for what.',
      permission: ofOwner('read'),
      under: 'accessToken',
      path: '/access-tokens/{access_token}/activity',
      filters: ['network', 'operation'],
      sort: ['lastAt', 'firstAt', 'times', 'network', 'operation'],
    },
  },
})

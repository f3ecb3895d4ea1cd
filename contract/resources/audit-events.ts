import { anyObject, integer, maybe, text, timestamp } from '../attributes.ts'
import { one, resource } from '../resource.ts'

export const auditEvents = resource({
  type: 'audit-events',
  className: 'AuditEvent',
  prefix: 'ae',
  about: 'One deed or refusal, sealed into the hash chain of its account.',
  attributes: {
    action: text({ about: 'What was done, such as `access-tokens.minted`.' }),
    at: timestamp({ about: 'When.' }),
    actorType: text({ about: 'users, service-accounts, agent-pools, or system.' }),
    actorId: maybe(text({ about: 'Who.' })),
    tokenId: maybe(text({ about: 'With which token.' })),
    tokenLastCharacters: maybe(text({ about: 'Its last six characters.' })),
    address: maybe(text({ about: 'From which network address.' })),
    requestId: maybe(text({ about: 'In which request.' })),
    subjectType: text({ about: 'The type of what it was done to.' }),
    subjectId: maybe(text({ about: 'What it was done to.' })),
    before: maybe(anyObject({ about: 'The members that changed, as they were. Never a secret.' })),
    after: maybe(anyObject({ about: 'The members that changed, as they became. Never a secret.' })),
    times: integer({ about: 'How often, for refusals counted together.', min: 1, max: 2 ** 31 }),
    position: maybe(
      integer({ about: 'Its place in the chain; null until sealed.', min: 1, max: Number.MAX_SAFE_INTEGER }),
    ),
    seal: maybe(
      text({
        about: 'HMAC-SHA-256 over the seal before it and this row, behind the key generation; null until sealed.',
      }),
    ),
  },
  relations: { account: one('accounts', { about: 'Whose chain.' }) },
  operations: {
    list: {
      id: 'list_audit_events',
      permission: 'audit-events:read',
      filters: [
        'account',
        'action',
        'actorId',
        'actorType',
        'tokenId',
        'subjectType',
        'subjectId',
        'requestId',
        'after',
        'before',
      ],
      sort: ['at', 'action'],
    },
    show: { id: 'get_audit_event', permission: 'audit-events:read' },
  },
})

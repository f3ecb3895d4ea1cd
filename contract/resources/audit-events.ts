import { anyObject, integer, nullable, text, timestamp } from '../attributes.ts'
import { resource, toOne } from '../resource.ts'

export const auditEvents = resource({
  type: 'audit-events',
  className: 'AuditEvent',
  prefix: 'ae',
  about: 'A change or a refused request, sealed into the hash chain of its account.',
  attributes: {
    action: text({ about: 'Name of the action, such as `access-tokens.minted`.' }),
    at: timestamp({ about: 'Time of the event.' }),
    actorType: text({ about: 'Type of the actor: users, service-accounts, agent-pools, or system.' }),
    actorId: nullable(text({ about: 'ID of the actor.' })),
    tokenId: nullable(text({ about: 'ID of the token that was used.' })),
    tokenLastCharacters: nullable(text({ about: 'Last six characters of the token.' })),
    address: nullable(text({ about: 'Network address of the client.' })),
    requestId: nullable(text({ about: 'ID of the request.' })),
    subjectType: text({ about: 'Type of the object.' }),
    subjectId: nullable(text({ about: 'ID of the object.' })),
    subjectName: nullable(
      text({
        about:
          'Current name of the object, and for an access policy that of its team or service account; null for users, and if there is no such object any more.',
      }),
    ),
    before: nullable(anyObject({ about: 'Changed members before the change. Contains no secrets.' })),
    after: nullable(anyObject({ about: 'Changed members after the change. Contains no secrets.' })),
    times: integer({ about: 'Number of refusals that the event counts.', min: 1, max: 2 ** 31 }),
    position: nullable(
      integer({ about: 'Position in the chain; null until sealed.', min: 1, max: Number.MAX_SAFE_INTEGER }),
    ),
    seal: nullable(
      text({
        about: 'Key generation and HMAC-SHA-256 of the previous seal and this event; null until sealed.',
      }),
    ),
  },
  relations: { account: toOne('accounts', { about: 'The account whose chain it belongs to.' }) },
  operations: {
    list: {
      id: 'list_audit_events',
      about: 'List audit events, as JSON:API, or export all of them as CSV or JSON lines.',
      permission: 'audit-events:read',
      filters: [
        'account',
        'action',
        'actorId',
        'actorType',
        'tokenId',
        'subjectType',
        'subjectId',
        'about',
        'requestId',
        'after',
        'before',
      ],
      sort: ['at', 'action'],
      parameters: {
        format: {
          about: 'json (default) for a page, or csv or jsonl (one JSON object per line) for the whole list.',
          values: ['json', 'csv', 'jsonl'],
        },
      },
    },
    show: { id: 'get_audit_event', permission: 'audit-events:read' },
  },
})

import { anyObject, choice, flag, integer, list, nullable, text, timestamp } from '../attributes.ts'
import { resource, toOne } from '../resource.ts'

/** The kinds of notifications to accounts, with descriptions. */
export const notificationKinds = {
  'token.leaked': 'A token was reported as leaked.',
  'leaked-token.rotated': 'A token that had been reported as leaked was rotated.',
  'token.revoked': 'A personal token was revoked by someone other than its owner.',
  'webhook.disabled': 'A webhook was disabled after repeated failures.',
  'webhook.test': 'A test of a webhook.',
} as const

/** The kinds of notifications to users about their sign-in. They are not sent to webhooks. */
export const personalNotificationKinds = {
  'sign-in.failed': 'Several sign-in attempts failed.',
  'credentials.changed': 'A password, passkey, second factor or email address was changed.',
} as const

const webhookFailures = ['status', 'timeout', 'refused', 'tls', 'dns', 'address', 'unreachable'] as const
export type WebhookFailure = (typeof webhookFailures)[number]

const kindPattern = {
  is: /^[a-z][a-z-]*(\.[a-z][a-z-]*)+$/,
  detail: 'Expected a kind of notification such as token.leaked.',
}

export const notifications = resource({
  type: 'notifications',
  className: 'Notification',
  prefix: 'note',
  about: 'A message to an account and the affected owner about an event.',
  attributes: {
    kind: text({
      about: `Kind: ${Object.keys({ ...notificationKinds, ...personalNotificationKinds }).join(', ')}. More kinds may be added.`,
    }),
    at: timestamp({ about: 'Time of the event.' }),
    ownerKind: nullable(
      choice(['user', 'service-account', 'agent-pool'], { about: 'Type of the affected owner; null: none.' }),
    ),
    ownerId: nullable(text({ about: 'ID of the affected owner.' })),
    subjectType: text({ about: 'Type of the object.' }),
    subjectId: text({ about: 'ID of the object.' }),
    data: anyObject({ about: 'Details, depending on the kind. Contains no secrets.' }),
    isRead: flag({ about: 'Whether the caller marked it as read, with `POST /notifications/actions/mark-read`.' }),
  },
  relations: { account: toOne('accounts', { about: 'The account that was notified.' }) },
  operations: {
    list: {
      id: 'list_notifications',
      about:
        'List the notifications of accounts in which the caller has notifications:read, and those that concern the caller.',
      permission: 'signed-in',
      filters: ['account', 'kind', 'ownerId', 'subjectId', 'after', 'before', 'isRead'],
      sort: ['at', 'kind'],
    },
    show: { id: 'get_notification', permission: 'notifications:read' },
  },
})

export const webhooks = resource({
  type: 'webhooks',
  className: 'Webhook',
  prefix: 'nwh',
  about: 'A URL that receives the notifications of an account, signed according to Standard Webhooks 1.0.0.',
  attributes: {
    url: text({
      about:
        'URL. Must be https with a public address. The setting `MINTMARK_WEBHOOK_PRIVATE` also allows private networks and the same machine, and http for the latter.',
      writable: 'always',
      required: true,
      blank: 'A url cannot be empty.',
      max: 2_048,
    }),
    kinds: nullable(
      list(text({ about: 'A kind of notification.', pattern: kindPattern }), {
        about: 'Kinds of notifications to send; null: all.',
        writable: 'always',
        max: 50,
      }),
    ),
    status: choice(['Active', 'Disabled'], {
      about:
        'A disabled webhook receives nothing, and its waiting deliveries are given up. A response of 410 disables it, and so does giving up a delivery if no other has succeeded since its first attempt.',
      writable: 'always',
      fallback: 'Active',
    }),
    secret: text({ about: 'Signing secret, `whsec_` and base64. Returned only once.', shownOnce: true }),
    lastStatus: nullable(integer({ about: 'HTTP status of the latest response.', min: 100, max: 999 })),
    lastFailure: nullable(
      choice(webhookFailures, {
        about:
          'Why the latest attempt failed; null if it succeeded. status: the receiver responded with an error; timeout: it did not respond in time; refused: it refused the connection; tls: its certificate or encryption is not accepted; dns: its name has no address; address: its address is not public; unreachable: another error.',
      }),
    ),
    lastAttemptAt: nullable(timestamp({ about: 'Time of the latest attempt to deliver, successful or not.' })),
    lastDeliveredAt: nullable(timestamp({ about: 'Time of the last successful delivery.' })),
    circuitOpenUntil: nullable(
      timestamp({
        about:
          'The circuit breaker is open after repeated failures: deliveries wait until this time, when one probes the receiver; null: closed.',
      }),
    ),
    createdAt: timestamp({ about: 'Time of creation.' }),
  },
  relations: {
    account: toOne('accounts', { about: 'The account whose notifications it receives.', writable: 'create' }),
  },
  operations: {
    list: {
      id: 'list_webhooks',
      permission: 'notification-webhooks:read',
      filters: ['account', 'webhook', 'status', 'url'],
      sort: ['createdAt', 'url'],
    },
    show: { id: 'get_webhook', permission: 'notification-webhooks:read' },
    create: { id: 'create_webhook', stepUp: true, permission: 'notification-webhooks:create' },
    update: { id: 'update_webhook', stepUp: true, permission: 'notification-webhooks:update' },
    remove: { id: 'delete_webhook', stepUp: true, permission: 'notification-webhooks:delete' },
    test: {
      id: 'test_webhook',
      audited: 'tested',
      stepUp: true,
      about: 'Send a notification of the kind webhook.test, regardless of `kinds`.',
      permission: 'notification-webhooks:update',
      path: '/webhooks/{webhook}/actions/test',
      returns: { type: 'notifications' },
      status: 201,
    },
    rotateSecret: {
      id: 'rotate_webhook_secret',
      audited: 'secret-rotated',
      stepUp: true,
      about: 'Create a new secret. For 24 hours, deliveries are also signed with the old one.',
      permission: 'notification-webhooks:update',
      path: '/webhooks/{webhook}/actions/rotate-secret',
      returns: 'document',
    },
  },
})

import { anyObject, choice, integer, list, maybe, text, timestamp } from '../attributes.ts'
import { one, resource } from '../resource.ts'

/** What an account is told of today, and what that means. */
export const notificationKinds = {
  'token.leaked': 'A token was found where it should not be.',
  'leaked-token.rotated': 'A token that had been reported as leaked was rotated.',
  'webhook.disabled': 'A webhook took nothing for so long that it was disabled.',
  'webhook.test': 'A trial of one webhook, sent whatever it wants.',
} as const

/** What a person is told about how they sign in. These are in their own feed and go to no webhook. */
export const personalNotificationKinds = {
  'sign-in.failed': 'Several attempts to sign in failed.',
  'credentials.changed': 'A password, passkey, second factor or e-mail address was changed.',
} as const

const kindPattern = {
  is: /^[a-z][a-z-]*(\.[a-z][a-z-]*)+$/,
  detail: 'Expected a kind of notification such as token.leaked.',
}

export const notifications = resource({
  type: 'notifications',
  className: 'Notification',
  prefix: 'note',
  about: 'Something an account and the owner concerned ought to know.',
  attributes: {
    kind: text({
      about: `What it is about: ${Object.keys({ ...notificationKinds, ...personalNotificationKinds }).join(', ')}, and others to come.`,
    }),
    at: timestamp({ about: 'When.' }),
    ownerKind: maybe(
      choice(['user', 'service-account', 'agent-pool'], { about: 'What kind of owner is concerned; null: none.' }),
    ),
    ownerId: maybe(text({ about: 'Whom it concerns.' })),
    subjectType: text({ about: 'The type of the object it is about.' }),
    subjectId: text({ about: 'That object.' }),
    data: anyObject({ about: 'What there is to know, by kind. Never a secret.' }),
  },
  relations: { account: one('accounts', { about: 'Which account was told.' }) },
  operations: {
    list: {
      id: 'list_notifications',
      about:
        'List the notifications of accounts where one holds notifications:read, and those about what is one’s own.',
      permission: 'signed-in',
      filters: ['account', 'kind', 'ownerId', 'subjectId', 'after', 'before'],
      sort: ['at', 'kind'],
    },
    show: { id: 'get_notification', permission: 'notifications:read' },
  },
})

export const webhooks = resource({
  type: 'webhooks',
  className: 'Webhook',
  prefix: 'nwh',
  about: 'An address to which the notifications of an account are sent, signed as Standard Webhooks 1.0.0 asks.',
  attributes: {
    url: text({
      about: 'Where to. https; http only to this machine itself.',
      writable: 'always',
      required: true,
      blank: 'A url cannot be empty.',
      max: 2_048,
    }),
    kinds: maybe(
      list(text({ about: 'A kind of notification.', pattern: kindPattern }), {
        about: 'Which kinds of notifications it wants; null: all.',
        writable: 'always',
        max: 50,
      }),
    ),
    status: choice(['Active', 'Disabled'], {
      about:
        'Nothing is sent while it is disabled, and what waited is given up. An answer of 410 disables it, and so does a notification given up when it has taken none since.',
      writable: 'always',
      fallback: 'Active',
    }),
    secret: text({ about: 'What it is signed with, `whsec_` and base64. Shown this once.', shownOnce: true }),
    lastStatus: maybe(integer({ about: 'The HTTP status of the newest answer.', min: 100, max: 999 })),
    lastFailure: maybe(
      choice(['status', 'timeout', 'unreachable'], {
        about:
          'Why the newest attempt failed; null when it did not. Addresses that are not public are out of reach unless the operator allows them.',
      }),
    ),
    lastDeliveredAt: maybe(timestamp({ about: 'When a notification was last taken.' })),
    circuitOpenUntil: maybe(
      timestamp({
        about:
          'It failed again and again: what is due waits until then, when one notification is tried; null: it does not rest.',
      }),
    ),
    createdAt: timestamp({ about: 'When it was made.' }),
  },
  relations: { account: one('accounts', { about: 'Whose notifications it is sent.', writable: 'create' }) },
  operations: {
    list: {
      id: 'list_webhooks',
      permission: 'notification-webhooks:read',
      filters: ['account', 'webhook', 'status', 'url'],
      sort: ['createdAt', 'url'],
    },
    show: { id: 'get_webhook', permission: 'notification-webhooks:read' },
    create: { id: 'create_webhook', permission: 'notification-webhooks:create' },
    update: { id: 'update_webhook', permission: 'notification-webhooks:update' },
    remove: { id: 'delete_webhook', permission: 'notification-webhooks:delete' },
    test: {
      id: 'test_webhook',
      about: 'Send it a notification of the kind webhook.test, whatever kinds it wants.',
      permission: 'notification-webhooks:update',
      path: '/webhooks/{webhook}/actions/test',
      answers: { type: 'notifications' },
      status: 201,
    },
    rotateSecret: {
      id: 'rotate_webhook_secret',
      about: 'Make a new secret. For 24 hours what is sent is signed with the old one too.',
      permission: 'notification-webhooks:update',
      path: '/webhooks/{webhook}/actions/rotate-secret',
      answers: 'document',
    },
  },
})

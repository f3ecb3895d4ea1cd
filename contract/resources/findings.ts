import { choice, integer, nullable, text, timestamp } from '../attributes.ts'
import { resource, toOne } from '../resource.ts'

/** Sorted by urgency, most urgent first. The position is the rank. */
export const findingKinds = [
  'token-leaked',
  'token-expiring',
  'owner-inactive',
  'service-account-without-policy',
  'service-account-without-owner',
  'token-unused',
  'token-without-expiry',
] as const

export const findings = resource({
  type: 'findings',
  className: 'Finding',
  prefix: '',
  about: 'A problem with a token or its owner that needs attention. It disappears when it is resolved.',
  attributes: {
    kind: choice(findingKinds, {
      about:
        'token-leaked: a leaked token that is still active, with an open leak report; token-expiring: expires within 14 days, or is in the last third of a shorter lifetime; owner-inactive: active tokens of an inactive owner; service-account-without-policy and service-account-without-owner: a service account without permissions or owning team; token-unused: not used for 90 days; token-without-expiry: does not expire.',
    }),
    rank: integer({ about: 'Urgency, where 1 is the most urgent.', min: 1, max: findingKinds.length }),
    subjectType: text({ about: 'Type of the object.' }),
    subjectId: text({ about: 'ID of the object.' }),
    name: nullable(text({ about: 'Name of the object.' })),
    lastCharacters: nullable(text({ about: 'Last six characters of the token, if the object is one.' })),
    ownerType: choice(['user', 'service-account'], { about: 'Type of the owner.' }),
    ownerId: text({ about: 'ID of the owner.' }),
    ownerEmail: text({ about: 'Email address of the owner.' }),
    at: timestamp({ about: 'The relevant time: of the leak, the expiry, the last use or the creation.' }),
  },
  relations: { account: toOne('accounts', { about: 'The account it belongs to.' }) },
  operations: {
    list: {
      id: 'list_findings',
      permission: 'access-tokens:read',
      filters: ['account', 'kind', 'ownerType', 'ownerId'],
      sort: ['rank', 'at'],
    },
  },
})

export const verdictCounts = resource({
  type: 'verdict-counts',
  className: 'VerdictCount',
  prefix: '',
  about:
    "Number of accepted requests with an account's tokens, and of refused ones by reason, in one minute. Kept for a day.",
  attributes: {
    minute: timestamp({ about: 'Start of the minute.' }),
    outcome: text({ about: '`good`, or the code of the refusal.' }),
    times: integer({ about: 'Number of requests.', min: 1, max: Number.MAX_SAFE_INTEGER }),
  },
  relations: { account: toOne('accounts', { about: 'The account of the tokens.' }) },
  operations: {
    list: {
      id: 'list_verdict_counts',
      permission: 'access-tokens:read',
      filters: ['account', 'outcome', 'after'],
      sort: ['minute', 'outcome'],
    },
  },
})

import { choice, integer, maybe, text, timestamp } from '../attributes.ts'
import { one, resource } from '../resource.ts'

/** The most urgent first; the place in this list is the rank. */
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
  about: 'Something about tokens and their owners that asks for an act. It is gone when that is done.',
  attributes: {
    kind: choice(findingKinds, {
      about:
        'Leaked and still live; ends within 14 days, or in the last third of a shorter life; live tokens of an inactive owner; a service account that may do nothing, or that nobody answers for; not used for 90 days; without end.',
    }),
    rank: integer({ about: 'How urgent, 1 first.', min: 1, max: findingKinds.length }),
    subjectType: text({ about: 'The type of what it is about.' }),
    subjectId: text({ about: 'What it is about.' }),
    name: maybe(text({ about: 'What that is called.' })),
    lastCharacters: maybe(text({ about: 'The last six of the token, where it is about one.' })),
    ownerType: choice(['user', 'service-account'], { about: 'What kind of owner.' }),
    ownerId: text({ about: 'Whose it is.' }),
    ownerEmail: text({ about: 'The address of the owner.' }),
    at: timestamp({ about: 'The time that matters: of the leak, of the end, of the last use, of the creation.' }),
  },
  relations: { account: one('accounts', { about: 'Which account it belongs to.' }) },
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
  about: 'How often tokens of an account were found good, or refused and why, in one minute. Kept for a day.',
  attributes: {
    minute: timestamp({ about: 'When that minute began.' }),
    outcome: text({ about: '`good`, or the code of the refusal.' }),
    times: integer({ about: 'How often.', min: 1, max: Number.MAX_SAFE_INTEGER }),
  },
  relations: { account: one('accounts', { about: 'Whose tokens.' }) },
  operations: {
    list: {
      id: 'list_verdict_counts',
      permission: 'access-tokens:read',
      filters: ['account', 'outcome', 'after'],
      sort: ['minute', 'outcome'],
    },
  },
})

import { choice, flag, integer, list, maybe, object, text, timestamp } from '../attributes.ts'
import { limits } from '../limits.ts'
import { one, resource } from '../resource.ts'

/** Who finds tokens, beside reporters that are configured, and what they are called. */
export const leakSources = {
  github: 'GitHub partner programme',
  'github-alert': 'GitHub alert',
  gitlab: 'GitLab',
  holder: 'Somebody who held it',
} as const
export type LeakSource = keyof typeof leakSources

const answers = ['revoke', 'rotate', 'notify'] as const
const confidences = ['confirmed', 'unplaced', 'claimed'] as const
const grades =
  'confirmed: a known reporter says where; unplaced: a known reporter found it and does not say where; claimed: whoever holds it says so, without a login.'
const how =
  'revoke: it ends at once; rotate: it ends after the overlap, within which its holder rotates it; notify: it lives on.'

export const leakReports = resource({
  type: 'leak-reports',
  className: 'LeakReport',
  prefix: 'leak',
  about: 'A token that was found where it should not be: by whom, where, and what was done about it.',
  attributes: {
    source: text({
      about: `Who found it: ${Object.keys(leakSources).join(', ')}, or the name of a configured reporter.`,
    }),
    confidence: choice(confidences, {
      about: `How far to believe where it lay; that the token is real is proven for each. ${grades}`,
    }),
    locationKind: choice(['public', 'private', 'unknown'], { about: 'Who can look there.' }),
    repository: maybe(text({ about: 'The repository.' })),
    path: maybe(text({ about: 'The file in it.' })),
    line: maybe(integer({ about: 'The line.', min: 1, max: 2 ** 31 })),
    commit: maybe(text({ about: 'The commit.' })),
    url: maybe(text({ about: 'The address.' })),
    answer: choice(['revoked', 'ending', 'notified', 'dead'], {
      about: 'What the report led to; dead: the token had ended before.',
    }),
    tokenState: choice(['live', 'ending', 'ended'], { about: 'How the token stands now.' }),
    tokenName: maybe(text({ about: 'What its owner calls the token.' })),
    tokenLastCharacters: text({ about: 'The last six characters of the token.' }),
    ownerType: choice(['user', 'service-account', 'agent-pool'], { about: 'What kind of owner it has.' }),
    ownerId: text({ about: 'Whose it is, by id.' }),
    ownerEmail: maybe(text({ about: 'Whose it is.' })),
    activitySince: list(
      object(
        {
          network: text({ about: 'The /24 of the address, of IPv6 its /48.' }),
          operation: text({ about: 'The operation, or `introspect` where another service asked about the token.' }),
          permissions: list(text({ about: 'A permission of the catalogue.' }), {
            about:
              'The permission it takes. Several: one of them, by the object it was done to. None: a good token is enough, or it is not known.',
          }),
          times: integer({ about: 'How often, from the first time on.', min: 1, max: 2 ** 31 }),
          firstAt: timestamp({ about: 'The first time.' }),
          lastAt: timestamp({ about: 'The last time.' }),
          isNew: flag({ about: 'Whether it was never used from there before it got out.' }),
        },
        { about: 'A network and what was done from there.' },
      ),
      { about: 'What the token was used for since it got out, newest first.' },
    ),
    siblings: list(
      object(
        {
          token: text({ about: 'Which token.' }),
          name: maybe(text({ about: 'What its owner calls it.' })),
          lastCharacters: text({ about: 'Its last six characters.' }),
          network: maybe(
            text({
              about: 'From where; null: it was created by the token that was found, and not used from such a network.',
            }),
          ),
        },
        { about: 'A token, and a network it was used from.' },
      ),
      {
        about:
          'Other live tokens that whoever found this one may hold: those of the same owner and account that were used since from networks that are new to this one, and those that it created, directly or through others.',
      },
    ),
    lastUsedAt: maybe(timestamp({ about: 'When the token was last used.' })),
    committedAt: maybe(timestamp({ about: 'When it got there, where that is known.' })),
    firstSeenAt: timestamp({ about: 'When it was first reported from there.' }),
    lastSeenAt: timestamp({ about: 'When it was last reported from there.' }),
    times: integer({ about: 'How often.', min: 1, max: 2 ** 31 }),
    locations: integer({
      about:
        'How many places were named. Several: all reports by the holder of a token are one report. Past the first ten, a place that is named again counts again.',
      min: 1,
      max: 2 ** 31,
    }),
    otherLocations: list(
      object(
        {
          kind: choice(['public', 'private', 'unknown'], { about: 'Who can look there.' }),
          repository: maybe(text({ about: 'The repository.' })),
          path: maybe(text({ about: 'The file in it.' })),
          line: maybe(integer({ about: 'The line.', min: 1, max: 2 ** 31 })),
          commit: maybe(text({ about: 'The commit.' })),
          url: maybe(text({ about: 'The address.' })),
        },
        { about: 'A place.' },
      ),
      { about: 'The first few places beside the one above.' },
    ),
    exposedMinutes: integer({
      about: 'From when it got there, or was first reported, to its end or now.',
      min: 0,
      max: 2 ** 31,
    }),
  },
  relations: {
    account: one('accounts', { about: 'The account of the token.' }),
    token: one('access-tokens', { about: 'The token.' }),
  },
  operations: {
    list: {
      id: 'list_leak_reports',
      permission: 'leak-reports:read',
      filters: ['account', 'leakReport', 'token', 'source', 'locationKind', 'answer', 'repository'],
      sort: ['firstSeenAt', 'lastSeenAt', 'source', 'repository'],
    },
    show: { id: 'get_leak_report', permission: 'leak-reports:read' },
    contain: {
      id: 'contain_leak',
      about:
        'End the token, its family, all tokens of its owner, or those of its owner and account that were used from the same new networks since. All but `token` also end what the token created, directly or through others, and delete the assume policies that these wrote. The calling one is spared.',
      permission: 'leak-reports:update',
      path: '/leak-reports/{leak_report}/actions/contain',
      body: { what: choice(['token', 'family', 'owner', 'network'], { about: 'How far.', required: true }) },
    },
  },
})

export const leakRules = resource({
  type: 'leak-rules',
  className: 'LeakRules',
  prefix: 'sr',
  about: 'What the account does with a token that was found. Whoever holds a token may end it, whatever the rules.',
  attributes: {
    public: choice(answers, { about: `Found where anybody can look, or nobody knows. ${how}`, writable: 'update' }),
    private: choice(answers, { about: `Found where few can look. ${how}`, writable: 'update' }),
    overlap: integer({
      about: 'Minutes a token lives on after rotate.',
      writable: 'update',
      min: 1,
      max: limits.rotationOverlapMinutesMax,
    }),
    sources: list(
      object(
        {
          source: text({ about: 'The reporter this is for.', required: true, blank: 'A source cannot be empty.' }),
          confidence: maybe(choice(confidences, { about: `Only for reports of this grade; null: of any. ${grades}` })),
          answer: choice(answers, { about: how, required: true }),
        },
        { about: 'An exception for one source.' },
      ),
      {
        about: 'Exceptions by source; the first that fits wins, also over the kind of place.',
        writable: 'update',
        max: 50,
      },
    ),
  },
  relations: {},
  operations: {
    show: { id: 'get_leak_rules', permission: 'leak-rules:read', singleton: true, filters: ['account'] },
    update: { id: 'update_leak_rules', permission: 'leak-rules:update', singleton: true, filters: ['account'] },
  },
})

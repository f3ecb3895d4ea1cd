import { choice, flag, integer, list, nullable, object, text, timestamp } from '../attributes.ts'
import { limits } from '../limits.ts'
import { resource, toOne } from '../resource.ts'
import { noteText } from './leak-report-notes.ts'

/** Sources of leak reports in addition to configured reporters, with their names. */
export const leakSources = {
  github: 'GitHub partner program',
  'github-alert': 'GitHub alert',
  gitlab: 'GitLab',
  holder: 'Token holder',
} as const
export type LeakSource = keyof typeof leakSources

/** Why a leak report is resolved. */
export const leakResolutions = ['revoked', 'false-positive', 'accepted', 'other'] as const

const actions = ['revoke', 'rotate', 'notify'] as const
const confidences = ['confirmed', 'no-location', 'claimed'] as const
const grades =
  'confirmed: a known reporter specified the location; no-location: a known reporter did not; claimed: a token holder specified it, without authentication.'
const how =
  'revoke: revoke the token immediately; rotate: let it expire after the overlap, within which it can be replaced; notify: keep it valid.'

export const leakReports = resource({
  type: 'leak-reports',
  className: 'LeakReport',
  prefix: 'leak',
  about: 'A report of a leaked token: source, location and action taken.',
  attributes: {
    source: text({
      about: `Source: ${Object.keys(leakSources).join(', ')}, or the name of a configured reporter.`,
    }),
    confidence: choice(confidences, {
      about: `How reliable the location is. The token itself is always verified. ${grades}`,
    }),
    locationKind: choice(['public', 'private', 'unknown'], { about: 'Visibility of the location.' }),
    repository: nullable(text({ about: 'Repository.' })),
    path: nullable(text({ about: 'File in the repository.' })),
    line: nullable(integer({ about: 'Line.', min: 1, max: 2 ** 31 })),
    commit: nullable(text({ about: 'Commit.' })),
    url: nullable(text({ about: 'URL.' })),
    actionTaken: choice(['revoked', 'expiring', 'notified', 'inactive'], {
      about: 'Action taken. expiring: the token expires after the overlap; inactive: it was already inactive.',
    }),
    tokenState: choice(['active', 'expiring', 'inactive'], {
      about: 'Current state of the token. expiring: it expires after the overlap; inactive: it is revoked or expired.',
    }),
    tokenName: nullable(text({ about: 'Name of the token.' })),
    tokenLastCharacters: text({ about: 'Last six characters of the token.' }),
    ownerType: choice(['user', 'service-account', 'agent-pool'], { about: 'Type of the owner.' }),
    ownerId: text({ about: 'ID of the owner.' }),
    ownerEmail: nullable(text({ about: 'Email address of the owner.' })),
    activitySince: list(
      object(
        {
          network: text({ about: 'The /24 of the IPv4 address or the /48 of the IPv6 address.' }),
          operation: text({ about: 'The operation, or `introspect` if a service introspected the token.' }),
          permissions: list(text({ about: 'The name of a permission, such as `workspaces:read`.' }), {
            about:
              'The required permission. If there are several, one of them, depending on the object. If there is none, any valid token is sufficient, or it is unknown.',
          }),
          times: integer({ about: 'Number of uses since the first one.', min: 1, max: 2 ** 31 }),
          denied: integer({ about: 'How many of them were denied with 403 or 404.', min: 0, max: 2 ** 31 }),
          firstAt: timestamp({ about: 'Time of the first use.' }),
          lastAt: timestamp({ about: 'Time of the last use.' }),
          isNew: flag({ about: 'Whether the token was not used from this network before the leak.' }),
        },
        { about: 'A network and an operation.' },
      ),
      { about: 'Use of the token since the leak, newest first.' },
    ),
    siblings: list(
      object(
        {
          token: text({ about: 'ID of the token.' }),
          name: nullable(text({ about: 'Name.' })),
          lastCharacters: text({ about: 'Last six characters.' }),
          network: nullable(
            text({
              about:
                'Network from which it was used; null: it was created by the leaked token and not used from a new network.',
            }),
          ),
        },
        { about: 'A token and a network from which it was used.' },
      ),
      {
        about:
          'Other active tokens that the finder may have: tokens of the same owner or account that were used since from networks that are new to the leaked token, and tokens that it created, directly or indirectly.',
      },
    ),
    lastUsedAt: nullable(timestamp({ about: "Time of the token's last use." })),
    committedAt: nullable(timestamp({ about: 'Time at which the token was exposed, if known.' })),
    firstSeenAt: timestamp({ about: 'Time of the first report of this location.' }),
    lastSeenAt: timestamp({ about: 'Time of the last report of this location.' }),
    times: integer({ about: 'Number of reports.', min: 1, max: 2 ** 31 }),
    locations: integer({
      about:
        'Number of locations. All reports of a token by its holders are one report with several locations. Beyond the first ten, repeated locations are counted again.',
      min: 1,
      max: 2 ** 31,
    }),
    otherLocations: list(
      object(
        {
          kind: choice(['public', 'private', 'unknown'], { about: 'Visibility of the location.' }),
          repository: nullable(text({ about: 'Repository.' })),
          path: nullable(text({ about: 'File in the repository.' })),
          line: nullable(integer({ about: 'Line.', min: 1, max: 2 ** 31 })),
          commit: nullable(text({ about: 'Commit.' })),
          url: nullable(text({ about: 'URL.' })),
        },
        { about: 'A location.' },
      ),
      { about: 'The first of the further locations.' },
    ),
    exposedMinutes: integer({
      about: 'Minutes from the exposure, or the first report, to the revocation or expiry of the token or now.',
      min: 0,
      max: 2 ** 31,
    }),
    state: choice(['open', 'resolved'], { about: 'resolved: it has a resolution.' }),
    resolution: nullable(
      choice(leakResolutions, {
        about:
          'Why the report is resolved; null: it is open. revoked: the token is revoked or expired; false-positive: no leak; accepted: the risk is accepted.',
        writable: 'update',
      }),
    ),
    resolvedAt: nullable(timestamp({ about: 'Time of the resolution.' })),
    assigneeEmail: nullable(text({ about: 'Email address of the assignee.' })),
    noteCount: integer({ about: 'Number of notes.', min: 0, max: limits.leakNotesPerReport }),
  },
  relations: {
    account: toOne('accounts', { about: 'The account of the token.' }),
    token: toOne('access-tokens', { about: 'The token.' }),
    assignee: toOne('users', { about: 'The user who handles the report, and can see it.', writable: 'update' }),
  },
  operations: {
    list: {
      id: 'list_leak_reports',
      permission: 'leak-reports:read',
      filters: [
        'account',
        'leakReport',
        'token',
        'source',
        'locationKind',
        'actionTaken',
        'repository',
        'state',
        'assignee',
      ],
      sort: ['firstSeenAt', 'lastSeenAt', 'source', 'repository'],
    },
    show: { id: 'get_leak_report', permission: 'leak-reports:read' },
    update: {
      id: 'update_leak_report',
      stepUp: true,
      about: 'Assign, resolve or reopen a leak report.',
      permission: 'leak-reports:update',
    },
    addNote: {
      id: 'add_leak_report_note',
      audited: 'note-added',
      stepUp: true,
      about: 'Add a note to a leak report. Notes cannot be edited or deleted.',
      permission: 'leak-reports:update',
      path: '/leak-reports/{leak_report}/actions/add-note',
      body: { text: noteText },
      returns: { type: 'leak-report-notes' },
      status: 201,
    },
    contain: {
      id: 'contain_leak',
      audited: 'by-handler',
      stepUp: true,
      about:
        'Revoke the token, its token family, all tokens of its owner, or those of its owner or account that were used from the same new networks since. All except `token` also revoke the tokens that the leaked token created, directly or indirectly, and delete the assume policies that it or these tokens wrote last; `network` does so for each of the tokens. The calling token is never revoked.',
      permission: 'leak-reports:update',
      path: '/leak-reports/{leak_report}/actions/contain',
      body: { what: choice(['token', 'family', 'owner', 'network'], { about: 'Tokens to revoke.', required: true }) },
    },
  },
})

export const leakRules = resource({
  type: 'leak-rules',
  className: 'LeakRules',
  prefix: 'sr',
  about: "An account's rules for leaked tokens. A token holder can always revoke it, regardless of the rules.",
  attributes: {
    public: choice(actions, { about: `Action for public and unknown locations. ${how}`, writable: 'update' }),
    private: choice(actions, { about: `Action for private locations. ${how}`, writable: 'update' }),
    overlap: integer({
      about: 'Minutes for which a token stays valid after `rotate`.',
      writable: 'update',
      min: 1,
      max: limits.rotationOverlapMinutesMax,
    }),
    sources: list(
      object(
        {
          source: text({
            about: 'Source to which the exception applies.',
            required: true,
            blank: 'A source cannot be empty.',
          }),
          confidence: nullable(
            choice(confidences, { about: `Only applies to reports of this confidence; null: to all. ${grades}` }),
          ),
          action: choice(actions, { about: how, required: true }),
        },
        { about: 'An exception for one source.' },
      ),
      {
        about: 'Exceptions by source. The first match applies, and takes precedence over the location.',
        writable: 'update',
        max: 50,
      },
    ),
  },
  relations: {},
  operations: {
    show: { id: 'get_leak_rules', permission: 'leak-rules:read', singleton: true, filters: ['account'] },
    update: {
      id: 'update_leak_rules',
      stepUp: true,
      permission: 'leak-rules:update',
      singleton: true,
      filters: ['account'],
    },
  },
})

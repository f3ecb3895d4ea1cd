/** Generates `docs/limits.md` from the limits. */
import { limits } from './limits.ts'

const descriptions: Record<keyof typeof limits, string> = {
  bodyBytes: 'bytes of an authenticated request body (413)',
  unauthenticatedBodyBytes: 'bytes of an unauthenticated request body, such as a sign-in (413)',
  authenticatedBodiesBytes: 'bytes of all authenticated request bodies that are being received at the same time (503)',
  unauthenticatedBodiesBytes:
    'bytes of all unauthenticated request bodies that are being received at the same time (503)',
  bodiesBytesPerClient:
    'bytes of the unauthenticated request bodies from one IPv4 address or IPv6 network that are being received at the same time (503)',
  connections: 'open connections; further ones are closed immediately (`--max-connections`)',
  connectionsPerClient:
    'open connections from one IPv4 address or IPv6 network, except trusted proxies (`--max-connections-per-client`)',
  pipelinedRequests: 'requests sent on one connection before the first response; the connection is closed beyond this',
  streamsPerConnection: 'requests open at once on one HTTP/2 connection; further ones wait or are refused',
  headerBytes: 'bytes of all request headers together (431)',
  pathCharacters: 'characters of a URL path, and four times as many including the query string (400)',
  pageSizeDefault: 'entries per page if `page[size]` is not set',
  pageSizeMax: 'entries per page; a larger `page[size]` returns this many',
  pageNumberMax: 'highest `page[number]`',
  countedRows:
    'rows of a list that are counted; `total-count` of a longer list is at least one more than the rows up to the current page',
  searchedRows:
    'tokens or audit events that `query` searches, the first of the list in its order; of longer lists, it also finds exact IDs, last characters and beginnings of names, and `meta.search` says that the search is incomplete',
  countedMatches: 'the same for findings, for tokens that expire on one day, and for lists with `query`',
  overviewFindings: 'findings of each kind in the overview of an account',
  overviewDays: 'days of expiries in the overview of an account',
  includeDepth: 'relationships in one path of `include`, such as `environment.account`',
  includePaths: 'paths in `include`',
  filters: 'filters per request (400)',
  filterValues: 'values of one filter, as in `in:a,b,c`',
  searchCharacters: 'characters of `query`; further ones are ignored',
  echoedCharacters:
    'characters of an ID or other input that an error message repeats; longer input is truncated and ends with `…`',
  sortKeys: 'keys in `sort`',
  jsonDepth: 'nesting levels of a JSON body',
  jsonValues: 'values in a JSON body, including nested ones',
  nameCharacters: 'characters of a name, unless another limit is documented',
  descriptionCharacters: "characters of a token's description",
  variableValueCharacters: "characters of a variable's value",
  relatedIds: 'resource identifiers in one relationship',
  requestSeconds: 'seconds to receive a complete request (408)',
  keepAliveSeconds: 'seconds that an idle connection stays open',
  tokenLifetimeMinutesMax: "minutes of a token's lifetime, unless it does not expire",
  rotationOverlapMinutesDefault: 'minutes for which a rotated token stays valid by default',
  rotationOverlapMinutesMax: 'minutes for which a rotated token can stay valid',
  leakReportsPerMinute: 'unauthenticated leak reports and token checks per minute from one network address (429)',
  leakEntriesPerMinute: 'tokens in unauthenticated leak reports per minute from one network address (429)',
  leakNotificationsPerTokenPerHour: 'leak notifications per token and hour; all leak reports are stored',
  leakTokensPerReport: 'tokens per leak report',
  leakTextBytes: 'bytes of a leak report that is a form or plain text (413)',
  leakHashesPerCheck: 'hashes per token check',
  leakCheckBytes: 'bytes of the body of a token check (413)',
  leakNotesPerReport: 'notes per leak report (409)',
  leakNoteCharacters: 'characters of a note of a leak report',
  fingerprintsPerFile: 'tokens in one fingerprint file (409)',
  sortedReportRows:
    'rows in an export of the token report or of audit events with `sort` (409); without `sort` there is no limit',
  webhooksPerAccount: 'webhooks per account',
  sessionHoursMax: 'hours until a console session expires',
  sessionIdleHoursMax: 'hours without activity until a console session expires',
  stepUpMinutes:
    'minutes for which re-authentication allows sensitive actions, such as creating tokens, granting access and changing sign-in methods',
  ownerLinkHours: "hours until the owner's first sign-in link expires",
  invitationHours: 'hours until the sign-in link of an invitation, or a first password, expires',
  emailChangeMinutes: 'minutes until the code that confirms a new email address expires',
  invitationsPerMinute: 'sign-in links for other users per minute and caller (429)',
  recoveryLinkHours: 'hours until a link created with **Reset sign-in** or `mintmark sign-in-link` expires',
  authorizationCodeSeconds: 'seconds until an authorization code expires',
  inactiveTokenDays:
    'days for which revoked and expired tokens are kept; after that, errors no longer state why a token is invalid',
  notificationDays: 'days for which notifications are kept',
  passkeysPerUser: 'passkeys per user',
  passwordCharactersMin: 'minimum characters of a password',
  passwordCharactersMax: 'maximum characters of a password',
  passwordChecksPerMinute:
    'password changes and strength checks per minute and session, and four times as many per network address (429)',
  signInAttemptsPerPerson:
    'failed sign-in attempts per user in 15 minutes, counted separately for unknown browsers, each known browser and each session (429)',
  signInAttemptsInKnownBrowsers: 'failed sign-in attempts per user in 15 minutes in all known browsers together (429)',
  signInAttemptsPerAddress: 'sign-in attempts from unknown browsers in 15 minutes from one network address (429)',
  codeAttemptsPerDay:
    'wrong one-time passwords per user in 24 hours, counted separately for unknown and known browsers; beyond this, only recovery codes and passkeys are accepted',
  failedSignInsUntilNotification:
    'failed sign-in attempts in 24 hours after which the user is notified, at most once a day',
  wrongCodesUntilNotification:
    'wrong codes with the correct password in 24 hours after which the user is notified, at most once a day',
  invalidTokensPerMinute:
    'invalid tokens per minute from one network address (429 with `Retry-After`); requests with a valid token are not limited',
}

export function limitsPage(): string {
  const rows = Object.entries(limits).map(
    ([name, value]) => `| ${value.toLocaleString('en')} | ${descriptions[name as keyof typeof limits]} |`,
  )
  return `# Limits

A request that exceeds a limit fails with an error document that names the attribute or parameter, unless the table says otherwise. Numbers in
parentheses are HTTP statuses. \`npm run generate\` writes this page.

| limit | description |
|---|---|
${rows.join('\n')}

Two kinds of data are collected in memory and written in batches, so a crash can lose the latest of them: the use of tokens (the first
use up to one second, further uses up to ten seconds, plus the time that writing the batch before takes), and counts of refused requests by token holders (up to one minute). All other acknowledged changes are on disk.
`
}

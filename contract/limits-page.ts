/** `docs/limits.md`, drawn from the limits themselves. */
import { limits } from './limits.ts'

const meanings: Record<keyof typeof limits, string> = {
  bodyBytes: 'bytes of a request body with a good token or session; more is a 413',
  strangerBodyBytes: 'bytes of a request body where no login is needed, such as signing in; more is a 413',
  callerBodiesBytes: 'bytes of all bodies with a token or session that are being received at once; more is a 503',
  strangerBodiesBytes: 'bytes of all bodies without login that are being received at once; more is a 503',
  clientBodiesBytes: 'of these, bytes from one IPv4 address or IPv6 network; more is a 503',
  connections: 'open connections; more are closed at once (`--max-connections`)',
  connectionsPerClient:
    'open connections of one IPv4 address or IPv6 network that is no trusted proxy (`--max-connections-per-client`)',
  pipelinedRequests:
    'requests sent on one connection before the first of them is answered; with more it is closed at once',
  headerBytes: 'bytes of all request headers together; more is a 431',
  pathCharacters: 'characters of an address, four times that with its query; more is a 400',
  pageSizeDefault: 'entries on a page of a list when `page[size]` is not given',
  pageSizeMax: 'entries on a page at most; a larger `page[size]` is answered with this many',
  pageNumberMax: 'the furthest `page[number]`',
  includeDepth: 'steps in a path of `include`, such as `environment.account`',
  includePaths: 'paths in `include`',
  filters: 'filters of one list; more are a 400',
  filterValues: 'values of one filter in `in:a,b,c`',
  searchCharacters: 'characters of `query` that are looked for; the rest is not',
  echoedCharacters:
    'characters of an id or another sent value that an error repeats; a longer one is cut and ends with `…`',
  sortKeys: 'keys in `sort`',
  jsonDepth: 'levels a JSON body may nest',
  jsonValues: 'values in a JSON body, with those nested in others',
  nameCharacters: 'characters of a name, where nothing else is said of it',
  descriptionCharacters: 'characters of the description of a token',
  variableValueCharacters: 'characters of the value of a variable',
  relatedIds: 'identifiers in one relation of a document',
  requestSeconds: 'seconds until a request has arrived whole; later is a 408',
  keepAliveSeconds: 'seconds an idle connection is kept open',
  tokenLifetimeMinutesMax: 'minutes a token may be given to live, when it is not to live without end',
  rotationOverlapMinutesDefault: 'minutes a rotated token lives on when nothing is said',
  rotationOverlapMinutesMax: 'minutes a rotated token may live on at most',
  leakReportsPerMinute: 'reports and checks of leaks without login a minute from one network address; more are a 429',
  leakEntriesPerMinute: 'tokens in reports without login a minute from one network address; more are a 429',
  leakNotificationsPerTokenPerHour:
    'notifications an hour that one token was found somewhere; its reports are all there',
  leakTokensPerReport: 'tokens in one report of a leak',
  leakTextBytes: 'bytes of a report of a leak that is a form or plain text; more is a 413',
  leakHashesPerCheck: 'hashes in one check of found tokens',
  leakCheckBytes: 'bytes of one check of found tokens; more is a 413',
  fingerprintsPerFile: 'tokens in one fingerprint file; more are a 409',
  sortedReportRows: 'tokens in a token report as CSV with `sort`; more are a 409. Without `sort` there is no limit',
  webhooksPerAccount: 'webhooks for the notifications of one account',
  sessionHoursMax: 'hours a session in the console lasts',
  sessionIdleHoursMax: 'hours it lasts without being used',
  stepUpMinutes: 'minutes for which a proof of who is there allows to mint, to grant and to change how one signs in',
  ownerLinkHours: "hours the owner's first one-time link is good for",
  invitationHours: 'hours the one-time link of an invitation, or a first password, is good for',
  invitationsPerMinute:
    'one-time links for invitations a minute that one user or service account makes; more are a 429',
  recoveryLinkHours: 'hours a one-time link made on the machine itself is good for',
  authorizationCodeSeconds: 'seconds in which a program exchanges the code it got for its token',
  deadTokenDays: 'days for which a token that was ended is remembered; later nobody is told any more why it is refused',
  notificationDays: 'days for which notifications are kept',
  passkeysPerUser: 'passkeys of one person',
  passwordCharactersMin: 'characters a password has at least',
  passwordCharactersMax: 'characters a password has at most',
  passwordChecksPerMinute:
    'passwords a minute that one session sets or asks the strength of, and four times as many from one address; more are a 429',
  signInAttemptsPerPerson:
    'wrong passwords or codes in 15 minutes; strangers, each known browser and each session are counted apart; more are a 429',
  signInAttemptsInKnownBrowsers:
    'wrong passwords or codes of one person in 15 minutes in all their known browsers together; more are a 429',
  signInAttemptsPerAddress: 'attempts to sign in of strangers from one network address in 15 minutes; more are a 429',
  codeAttemptsPerDay:
    'wrong one-time passwords of one person in 24 hours, of strangers and of known browsers apart; then only recovery codes and passkeys are accepted',
  failedSignInsUntilNotification:
    'failed attempts to sign in within 24 hours after which a person is notified, once a day',
  wrongCodesUntilNotification: 'wrong codes after a right password after which a person is notified, once a day',
  badTokensPerMinute:
    'bad tokens a minute from one network address; more are answered with 429 and `Retry-After`. A good token is never slowed down',
}

export function limitsPage(): string {
  const rows = Object.entries(limits).map(
    ([name, value]) => `| ${value.toLocaleString('en')} | ${meanings[name as keyof typeof limits]} |`,
  )
  return `# Limits

What is past a limit is refused with an error document that names the place. \`npm run generate\` writes this page.

| limit | what it counts |
|---|---|
${rows.join('\n')}

Two records are gathered in memory and written in batches, so a crash can lose the newest of them: when a token was last used
(one second), and how often a true holder was refused (one minute). Everything else that was answered is on disk.
`
}

/** Leak reports by token holders, and the rules and checks that scanners use. */
import { choice, integer, list, object, text, valueSchema } from '../attributes.ts'
import { emptyResponse, endpoint, jsonResponse, responseObject, textResponse, uncheckedBody } from '../endpoint.ts'
import { limits } from '../limits.ts'

/** Equal to `ruleFormats` of the token package, on which this package does not depend. A test compares them. */
const ruleFormats = ['github', 'github-strict', 'gitleaks', 'trufflehog', 'gitlab', 'regex'] as const

const location = object(
  {
    repository: text({ about: 'Repository.' }),
    path: text({ about: 'File.' }),
    line: integer({ about: 'Line.', min: 1, max: 2 ** 31 - 1 }),
    commit: text({ about: 'Commit hash.' }),
    url: text({ about: 'URL.' }),
    committedAt: text({ about: 'Time of the commit.' }),
  },
  { about: 'Location of the token. Invalid members are ignored and do not cause an error.' },
)

const foundTokens = list(
  object({ token: text({ about: 'The token.', max: 4_096, required: true }), location }, { about: 'A found token.' }),
  { about: 'The tokens. Entries can also be strings.', max: limits.leakTokensPerReport },
)

export const leakEndpoints = {
  getLeakPage: endpoint({
    id: 'get_leak_page',
    about: 'Get the page on which anyone can report a leaked token.',
    method: 'GET',
    path: '/leaks',
    caller: 'anyone',
    responses: { 200: textResponse('The page.', 'text/html') },
  }),
  reportLeaks: endpoint({
    id: 'report_leaks',
    about:
      'Report leaked tokens. The server revokes them and notifies their owners. Requires no authentication, because any token holder may revoke a token. The response does not disclose which tokens were valid.',
    method: 'POST',
    path: '/leaks/report',
    caller: 'anyone',
    bodyLimit: 'leakTextBytes',
    body: uncheckedBody({
      'application/json': {
        type: 'object',
        required: ['tokens'],
        properties: { tokens: valueSchema(foundTokens), location: valueSchema(location) },
      },
      'text/plain': { type: 'string', description: 'Text that contains tokens.' },
      'application/x-www-form-urlencoded': {
        type: 'object',
        properties: { tokens: { type: 'string' }, url: { type: 'string' } },
      },
    }),
    responses: {
      202: jsonResponse(
        'The tokens were stored and will be processed.',
        responseObject('A receipt.', {
          received: integer({ about: 'Number of strings received.', min: 0, max: limits.leakTokensPerReport }),
        }),
      ),
      200: textResponse('For a form: the page with the result.', 'text/html'),
      422: textResponse('For a form: the page with an error, because no token was found.', 'text/html'),
    },
    limits: ['leakReportsPerMinute', 'leakEntriesPerMinute'],
  }),
  checkTokens: endpoint({
    id: 'check_tokens',
    about: 'Check whether tokens are valid, by their hashes, which only a token holder can compute. Revokes no tokens.',
    method: 'POST',
    path: '/leaks/check',
    caller: 'anyone',
    bodyLimit: 'leakCheckBytes',
    body: uncheckedBody({
      'application/json': {
        type: 'object',
        required: ['hashes'],
        properties: {
          hashes: {
            type: 'array',
            maxItems: limits.leakHashesPerCheck,
            items: { type: 'string', pattern: '^[0-9a-fA-F]{64}$', description: 'SHA-256 of a token.' },
          },
        },
      },
    }),
    responses: {
      200: jsonResponse(
        'States in the order of the hashes.',
        responseObject('States.', {
          states: list(
            choice(['active', 'inactive', 'foreign'], {
              about:
                'active: the token is valid; inactive: this server created it, but it is no longer valid; foreign: this server did not create it.',
            }),
            { about: 'One state per hash.', max: limits.leakHashesPerCheck },
          ),
        }),
      ),
    },
    limits: ['leakReportsPerMinute'],
  }),
  verifyFoundToken: endpoint({
    id: 'verify_found_token',
    about: "Verify a token for TruffleHog's custom detectors: 200 if it is valid, 403 if not. Revokes no tokens.",
    method: 'POST',
    path: '/leaks/trufflehog',
    caller: 'anyone',
    body: uncheckedBody({
      'application/json': {
        type: 'object',
        description: 'Matches by name of the detector and of the regular expression.',
        additionalProperties: true,
      },
    }),
    responses: { 200: emptyResponse('The token is valid.'), 403: emptyResponse('The token is not valid.') },
    limits: ['leakReportsPerMinute'],
    errorStyle: 'status-only',
  }),
  getRuleFile: endpoint({
    id: 'get_rule_file',
    about: "Get the rules with which scanners recognize this installation's tokens.",
    method: 'GET',
    path: '/leaks/patterns',
    caller: 'anyone',
    query: { format: choice(ruleFormats, { about: 'Scanner for which to format the rules. Default: `regex`.' }) },
    responses: {
      200: {
        about: 'The rules.',
        content: Object.assign(
          {},
          ...['text/plain', 'application/toml', 'application/yaml'].map((type) => textResponse('', type).content),
        ),
      },
    },
  }),
  getFingerprints: endpoint({
    id: 'get_fingerprints',
    about: 'Download the fingerprints of all tokens in the accounts on which the caller has the permission.',
    method: 'GET',
    path: '/leaks/fingerprints',
    caller: 'token',
    permission: 'access-tokens:read',
    permissionOn: 'accounts',
    responses: { 200: textResponse('A fingerprint file for `mintmark scan`.', 'text/plain') },
    limits: ['fingerprintsPerFile'],
  }),
}

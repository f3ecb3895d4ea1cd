/** Leaked tokens: reports by token holders, and what scanners need to recognize and check tokens. */
import { choice, integer, list, object, text, valueSchema } from '../attributes.ts'
import { emptyAnswer, endpoint, jsonAnswer, shape, textAnswer, uncheckedBody } from '../endpoint.ts'
import { limits } from '../limits.ts'

/** As `ruleFormats` of the token package, which this package does not depend on; a test compares them. */
const ruleFormats = ['github', 'github-strict', 'gitleaks', 'trufflehog', 'gitlab', 'regex'] as const

const location = object(
  {
    repository: text({ about: 'The repository.' }),
    path: text({ about: 'The file.' }),
    line: integer({ about: 'The line.', min: 1, max: 2 ** 31 - 1 }),
    commit: text({ about: 'The commit, in hexadecimal.' }),
    url: text({ about: 'The address.' }),
    committedAt: text({ about: 'When it was committed.' }),
  },
  { about: 'Where it was found. What is not usable is left out, and never rejects a report.' },
)

const foundTokens = list(
  object(
    { token: text({ about: 'The token.', max: 4_096, required: true }), location },
    { about: 'A token that was found.' },
  ),
  { about: 'The tokens; also plain strings.', max: limits.leakTokensPerReport },
)

export const leakEndpoints = {
  getLeakPage: endpoint({
    id: 'get_leak_page',
    about: 'Show the page on which anyone can report a leaked token.',
    method: 'GET',
    path: '/leaks',
    caller: 'anyone',
    answers: { 200: textAnswer('The page.', 'text/html') },
  }),
  reportLeaks: endpoint({
    id: 'report_leaks',
    about:
      'Report leaked tokens. Holding a token is the proof: it is revoked or its owner notified, as the rules of its account say. The answer does not tell which tokens were valid.',
    method: 'POST',
    path: '/leaks/report',
    caller: 'anyone',
    bytes: 'leakTextBytes',
    body: uncheckedBody({
      'application/json': {
        type: 'object',
        required: ['tokens'],
        properties: { tokens: valueSchema(foundTokens), location: valueSchema(location) },
      },
      'text/plain': { type: 'string', description: 'Text with tokens anywhere in it.' },
      'application/x-www-form-urlencoded': { type: 'object', properties: { tokens: { type: 'string' } } },
    }),
    answers: {
      202: jsonAnswer(
        'The tokens are stored and will be processed.',
        shape('A receipt.', {
          received: integer({ about: 'How many strings were received.', min: 0, max: limits.leakTokensPerReport }),
        }),
      ),
      200: textAnswer('The same for a form: the page.', 'text/html'),
    },
    limits: ['leakReportsPerMinute', 'leakEntriesPerMinute'],
  }),
  checkTokens: endpoint({
    id: 'check_tokens',
    about: 'Check found tokens by their hashes, which only a token holder can compute. Nothing is revoked.',
    method: 'POST',
    path: '/leaks/check',
    caller: 'anyone',
    bytes: 'leakCheckBytes',
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
    answers: {
      200: jsonAnswer(
        'The states, in the order of the hashes.',
        shape('States.', {
          states: list(
            choice(['active', 'inactive', 'foreign'], {
              about: 'Valid; created here and no longer valid; not created here.',
            }),
            { about: 'One for each hash.', max: limits.leakHashesPerCheck },
          ),
        }),
      ),
    },
    limits: ['leakReportsPerMinute'],
  }),
  verifyFoundToken: endpoint({
    id: 'verify_found_token',
    about: "Verify a token for TruffleHog's custom detectors: 200 if it is valid, 403 if not. Nothing is revoked.",
    method: 'POST',
    path: '/leaks/trufflehog',
    caller: 'anyone',
    body: uncheckedBody({
      'application/json': {
        type: 'object',
        description: 'Matches by name of the detector and of the expression.',
        additionalProperties: true,
      },
    }),
    answers: { 200: emptyAnswer('The token is valid.'), 403: emptyAnswer('The token is not valid.') },
    limits: ['leakReportsPerMinute'],
    errorStyle: 'status-only',
  }),
  getRuleFile: endpoint({
    id: 'get_rule_file',
    about: "Show the rules by which a scanner recognizes this installation's tokens.",
    method: 'GET',
    path: '/leaks/patterns',
    caller: 'anyone',
    query: { format: choice(ruleFormats, { about: 'For which scanner; `regex` unless given.' }) },
    answers: {
      200: {
        about: 'The rules.',
        content: Object.assign(
          {},
          ...['text/plain', 'application/toml', 'application/yaml'].map((type) => textAnswer('', type).content),
        ),
      },
    },
  }),
  getFingerprints: endpoint({
    id: 'get_fingerprints',
    about: 'Download the fingerprints of all tokens of the accounts whose tokens the caller may read.',
    method: 'GET',
    path: '/leaks/fingerprints',
    caller: 'token',
    permission: 'access-tokens:read',
    permissionOn: 'accounts',
    answers: { 200: textAnswer('A fingerprint file for `mintmark scan`.', 'text/plain') },
    limits: ['fingerprintsPerFile'],
  }),
}

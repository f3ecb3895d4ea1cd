/** What mutation testing covers: per module the mutated files, the tests that concern them, and the score to reach. */
export interface MutatedModule {
  readonly name: string
  /** Relative to the root of the repository. */
  readonly files: readonly string[]
  /** Of those that run on PostgreSQL too, only the tests on SQLite run. */
  readonly tests: readonly string[]
  /** How long a test file may run in addition to its usual time. Endless loops run that long. Default: a minute. */
  readonly timeoutMilliseconds?: number
  /** Percentage of the mutants that the tests have to detect. A value may only rise. */
  readonly scoreMin: number
}

export const modules: readonly MutatedModule[] = [
  { name: 'token-rights', files: ['token/rights.ts'], tests: ['token/rights.test.ts'], scoreMin: 95 },
  {
    name: 'token',
    files: ['token/token.ts', 'token/secret.ts', 'token/hash.ts', 'token/base64url.ts', 'token/mint-mark.ts'],
    tests: ['token/{token,parse-token,secret,hash,base64url,mint-mark}.test.ts'],
    scoreMin: 95,
  },
  {
    name: 'escalation',
    files: ['authority/rights/{escalation,choose-account}.ts'],
    tests: ['authority/rights/{escalation,choose-account}.test.ts'],
    scoreMin: 100,
  },
  {
    name: 'rights',
    files: [
      'authority/rights/{refuse-foreign,creator,vouched,vouched-members}.ts',
      'authority/rights/roles/role-operations.ts',
      'authority/rights/access-policies/{access-policy-operations,grant}.ts',
      'authority/sign-in/users/reset-sign-in.ts',
    ],
    tests: ['authority/rights/**/*.test.ts', 'authority/sign-in/users/user-sign-in.http.test.ts'],
    scoreMin: 88,
  },
  {
    name: 'feed-position',
    files: ['authority/database/feed-position.ts'],
    tests: ['authority/database/feed-position.test.ts'],
    scoreMin: 95,
  },
  {
    name: 'networks',
    files: ['authority/verdicts/{networks,ip-address}.ts'],
    tests: ['authority/verdicts/{networks,ip-address}.test.ts'],
    scoreMin: 95,
  },
  {
    name: 'verify-token',
    files: ['authority/verdicts/verify-token.ts'],
    tests: ['authority/verdicts/verify-token.test.ts'],
    scoreMin: 95,
  },
  {
    name: 'token-index',
    files: ['authority/verdicts/token-index.ts'],
    tests: ['authority/verdicts/token-index.test.ts'],
    timeoutMilliseconds: 5_000,
    scoreMin: 89,
  },
  {
    name: 'replica',
    files: [
      'authority/verdicts/{replica,states-of,clocks/clock}.ts',
      'authority/verdicts/freshness/{older-answers,serial-reads}.ts',
    ],
    tests: [
      'authority/verdicts/{replica,states-of,clocks/clock}.test.ts',
      'authority/verdicts/freshness/{older-answers,serial-reads}.test.ts',
    ],
    timeoutMilliseconds: 20_000,
    scoreMin: 95,
  },
  {
    name: 'leak-decisions',
    files: ['authority/leaks/{decide,locations,reporters,github/github-delivery}.ts'],
    tests: ['authority/leaks/{decide,locations,reporters,github/github-delivery}.test.ts'],
    scoreMin: 97,
  },
  {
    name: 'leak-formats',
    files: ['authority/leaks/read-reports.ts'],
    tests: ['authority/leaks/read-reports.test.ts'],
    scoreMin: 95,
  },
  {
    name: 'leaks',
    files: ['authority/leaks/process-reports.ts', 'authority/leaks/queue/found-queue.ts'],
    tests: ['authority/leaks/process-reports.test.ts', 'authority/leaks/queue/found-queue.test.ts'],
    timeoutMilliseconds: 10_000,
    scoreMin: 97,
  },
  {
    name: 'sign-in-limits',
    files: ['authority/sign-in/{attempts,known-browser,methods/challenge}.ts'],
    tests: ['authority/sign-in/{attempts,known-browser,methods/challenge}.test.ts'],
    scoreMin: 93,
  },
  {
    name: 'sessions',
    files: ['authority/sign-in/{live-session,secret-hash,sessions}.ts'],
    tests: ['authority/sign-in/{sessions,live-session,sign-in}.test.ts', 'authority/sign-in/methods/methods.test.ts'],
    scoreMin: 100,
  },
  {
    name: 'second-factor',
    files: ['authority/sign-in/methods/{second-factor,credential-change,credentials}.ts'],
    tests: [
      'authority/sign-in/methods/{second-factor,credentials,methods}.test.ts',
      'authority/sign-in/sign-in.test.ts',
    ],
    scoreMin: 95,
  },
  {
    name: 'sign-in-links',
    files: ['authority/sign-in/links/{accept,invitations,links,local-link,usable-links}.ts'],
    tests: ['authority/sign-in/links/links.test.ts'],
    scoreMin: 97,
  },
  {
    name: 'sign-in-failures',
    files: ['authority/sign-in/failures.ts'],
    tests: ['authority/sign-in/failures.test.ts'],
    scoreMin: 97,
  },
  {
    name: 'passkeys',
    files: ['authority/sign-in/methods/passkeys.ts'],
    tests: ['authority/sign-in/methods/passkeys.test.ts'],
    scoreMin: 94,
  },
  {
    name: 'password-strength',
    files: ['authority/sign-in/methods/strength.ts'],
    tests: ['authority/sign-in/methods/strength.test.ts'],
    scoreMin: 97,
  },
  {
    name: 'sign-in',
    files: ['authority/sign-in/sign-in.ts'],
    tests: ['authority/sign-in/sign-in.test.ts'],
    scoreMin: 97,
  },
  {
    name: 'sign-in-methods',
    files: ['authority/sign-in/methods/methods.ts'],
    tests: ['authority/sign-in/methods/methods.test.ts'],
    scoreMin: 98,
  },
]

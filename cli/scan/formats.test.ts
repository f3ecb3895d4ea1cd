import assert from 'node:assert/strict'
import { test } from 'node:test'
import sarifSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' }
import { mintMark, parseToken } from '@mintmark/token'
import { Ajv } from 'ajv'
import { seededNumbers } from '../../token/seeded-numbers.ts'
import { sampleToken } from '../../token/token-samples.ts'
import { progressOn } from '../output/progress.ts'
import { printableJson } from './escape.ts'
import { githubReport } from './github.ts'
import { gitlabReport } from './gitlab.ts'
import { gitlabSchema } from './gitlab-schema.ts'
import { jsonReport } from './json.ts'
import { findingsOf, isCounted, type Report, type TokenStatus } from './report.ts'
import { sarifReport } from './sarif.ts'
import { textReport } from './text.ts'

const token = sampleToken(mintMark('scalr:7k2m9q'), seededNumbers(5))
const { id = '', issuer = '' } = parseToken(token.open()) ?? {}
const commit = '0123456789abcdef0123456789abcdef01234567'
const counts = {
  files: 1,
  objects: 2,
  bytes: 3,
  skipped: new Map([['symbolic link', 4]]),
  incomplete: [],
  omittedIncomplete: 0,
}
const report: Report = {
  findings: findingsOf([
    {
      token,
      tokenId: id,
      issuer,
      lastCharacters: token.open().slice(-6),
      omittedLocations: 0,
      locations: [
        { path: 'a b/c,d:e%\n::stop.env', line: 2, column: 7, how: ['plain'] },
        { path: 'x', commit, object: 'f00', objectType: 'blob', line: 1, column: 1, how: ['gzip', 'base64'] },
        { commit, object: commit, objectType: 'commit', line: 5, column: 1, how: ['plain'] },
        { object: 'f00', objectType: 'blob', line: 1, column: 1, how: ['plain'] },
      ],
    },
  ]),
  fingerprints: null,
  counts,
  incomplete: [],
  omittedIncomplete: 0,
  allowed: 0,
  known: 0,
  omittedLocations: 0,
  isInterrupted: false,
}
const empty: Report = { ...report, findings: [] }
const all = { sarifReport, gitlabReport, jsonReport, githubReport, textReport }

test('every format contains the ID and last six characters but never the token', () => {
  for (const [name, write] of Object.entries(all).flatMap(([name, write]) =>
    [report, everyStatus].map((each) => [name, () => write(each)] as const),
  )) {
    const written = JSON.stringify(write())
    assert.equal(written.includes('eyJ'), false, name)
    assert.ok(written.includes(id) && written.includes(token.open().slice(-6)), name)
  }
})

/** Every combination. */
const statuses: readonly TokenStatus[] = (['genuine', 'unknown', 'not-in-file', null] as const).flatMap((fingerprint) =>
  (['active', 'inactive', 'foreign', null] as const).map((state) => ({ fingerprint, state })),
)
const everyStatus: Report = {
  ...report,
  fingerprints: { issuer: 'scalr:7k2m9q', made: '2030-01-01T00:00:00.000Z', count: 1 },
  findings: statuses.flatMap((status) => report.findings.slice(0, 1).map((finding) => ({ ...finding, status }))),
}
const incomplete: Report = {
  ...empty,
  incomplete: [
    { path: 'a b/bomb.zip', reason: 'exceeds the unpacking limit' },
    { path: 'c', reason: 'the unpacking limit of the scan is reached' },
  ],
  omittedIncomplete: 7,
}
const reports = [report, empty, everyStatus, incomplete, { ...report, isInterrupted: true }]

test('a SARIF report conforms to the schema', () => {
  // The schema is written for draft 04. Apart from `id` it means the same in draft 07, which Ajv implements.
  const { $schema, id, ...schema } = sarifSchema
  const isValid = new Ajv({ strict: false, unicodeRegExp: false })
    .addFormat('uri', (text: string) => URL.canParse(text))
    .addFormat('uri-reference', /^[\w.%/:-]*$/)
    .addFormat('date-time', true)
    .compile(schema)
  for (const each of reports) assert.ok(isValid(sarifReport(each)), JSON.stringify(isValid.errors))
  assert.equal(isValid({ ...sarifReport(report), runs: [{}] }), false)
  const [{ tool, results, invocations }] = (sarifReport(report) as ReturnType<typeof JSON.parse>).runs
  assert.equal(invocations[0].executionSuccessful, true)
  assert.equal(results.length, 4)
  for (const { ruleId, ruleIndex, locations } of results) {
    assert.equal(tool.driver.rules[ruleIndex].id, ruleId)
    assert.match(locations[0].physicalLocation.artifactLocation.uri, /^[\w.%/-]+$/)
  }
})

test('a GitLab report conforms to the schema, with one ID per location', () => {
  const isValid = new Ajv({ strict: false }).compile(gitlabSchema)
  for (const each of reports) {
    const written = gitlabReport(each) as ReturnType<typeof JSON.parse>
    assert.ok(isValid(written), JSON.stringify(isValid.errors))
    assert.equal(written['version'], gitlabSchema.self.version)
  }
  assert.equal(isValid({ ...gitlabReport(report), vulnerabilities: [{}] }), false)
  const { vulnerabilities } = gitlabReport(report) as ReturnType<typeof JSON.parse>
  assert.equal(new Set(vulnerabilities.map((each: { id: string }) => each.id)).size, 4)
  assert.equal(vulnerabilities[1].location.commit.sha, commit)
  for (const { identifiers } of vulnerabilities)
    assert.deepEqual(identifiers, [
      { type: 'gitleaks_rule_id', name: 'Gitleaks rule ID mintmark-token', value: 'mintmark-token' },
    ])
})

test("a finding counts unless it is known to belong to another installation; the server's state takes precedence", () => {
  const uncounted = statuses.filter((status) => !isCounted({ status }))
  assert.deepEqual(
    uncounted.map(({ fingerprint, state }) => `${fingerprint} ${state}`),
    ['unknown foreign', 'not-in-file foreign', 'not-in-file null', 'null foreign'],
  )
})

test('every format contains the status and severity of each finding', () => {
  const one = (status: TokenStatus): Report => ({
    ...everyStatus,
    findings: report.findings.slice(0, 1).map((finding) => ({ ...finding, status })),
  })
  const cases = [
    [{ fingerprint: 'genuine', state: 'active' }, '(genuine, active)', 'error', 'error', 'Critical'],
    [{ fingerprint: null, state: 'inactive' }, '(inactive)', 'warning', 'warning', 'Medium'],
    [{ fingerprint: 'not-in-file', state: null }, '(not in the fingerprint file)', 'note', 'notice', 'Info'],
    [
      { fingerprint: 'unknown', state: null },
      '(possibly newer than the fingerprint file)',
      'error',
      'error',
      'Critical',
    ],
    [{ fingerprint: null, state: 'foreign' }, '(not from this server)', 'note', 'notice', 'Info'],
  ] as const
  for (const [status, words, level, command, severity] of cases) {
    const [result] = (sarifReport(one(status)) as ReturnType<typeof JSON.parse>).runs[0].results
    assert.deepEqual([result.level, result.properties], [level, status])
    const [{ description, severity: actual, flags }] = (gitlabReport(one(status)) as ReturnType<typeof JSON.parse>)
      .vulnerabilities
    assert.deepEqual(
      [actual, flags?.[0].type],
      [severity, level === 'note' ? 'flagged-as-likely-false-positive' : undefined],
    )
    assert.ok(githubReport(one(status)).startsWith(`::${command} file=`))
    for (const text of [result.message.text, description, githubReport(one(status)), textReport(one(status))])
      assert.ok(text.includes(`ending in ${token.open().slice(-6)} ${words}`), text)
    const [found] = (jsonReport(one(status)) as ReturnType<typeof JSON.parse>).found
    assert.deepEqual(
      [found.fingerprint, found.state, found['is-counted']],
      [...Object.values(status), level !== 'note'],
    )
  }
})

test('a path cannot inject GitHub workflow commands', () => {
  const lines = githubReport(report).split('\n')
  assert.equal(lines.length, 4)
  assert.match(lines[0] ?? '', /^::error file=a b\/c%2Cd%3Ae%25%0A%3A%3Astop\.env,line=2,col=7,title=Leaked token::/)
  for (const line of lines) assert.match(line, /^::error file=/)
  assert.equal(githubReport(empty), '')
})

const hostileNames = [
  'a\x1b[2J\x1b]0;title\x07b',
  'a\u009b31mb',
  'a\rb\nc\td\0e\x7f',
  'a\u202eb\u2066c\u2069\u200e\u061c',
  'a\u200bb\u00adc\ufeffd\u2060',
  'a\u2028b\u2029c\u0085d',
  'a\ud800b',
  'a\u{e0041}b',
  '::error::x',
  '\n::stop-commands::x',
  '%0A::error::x',
  'a##[error]b',
  'a##vso[task.setvariable variable=x]b',
  'a##teamcity[x]b',
]

/** Characters that terminals, log viewers or CI runners interpret. */
const unsafeInOutput = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|##[a-z]*\[/iu

test('no format prints control characters or CI commands from a file name', () => {
  for (const name of hostileNames) {
    const findings = report.findings
      .slice(0, 1)
      .map((each) => ({ ...each, location: { ...each.location, path: name } }))
    const hostile: Report = {
      ...report,
      findings,
      incomplete: [{ path: name, reason: 'exceeds the unpacking limit' }],
      counts: { ...counts, skipped: new Map([[name, 1]]) },
    }
    const printed = {
      text: textReport(hostile),
      github: githubReport(hostile),
      json: printableJson(jsonReport(hostile)),
      sarif: printableJson(sarifReport(hostile)),
      gitlab: printableJson(gitlabReport(hostile)),
    }
    for (const [format, text] of Object.entries(printed)) {
      const lines = text.split('\n')
      for (const line of lines) assert.doesNotMatch(line, unsafeInOutput, `${format} ${JSON.stringify(name)}`)
      if (format === 'text') for (const line of lines) assert.doesNotMatch(line, /^\s*::/, JSON.stringify(name))
    }
    assert.equal(printed.github.split('\n').length, 2, JSON.stringify(name))
    // Parsing the output returns the original name.
    assert.equal(JSON.parse(printed.json).found[0].places[0].path, name)
    assert.equal(JSON.parse(printed.gitlab).vulnerabilities[0].location.file, name)
    const { uri } = JSON.parse(printed.sarif).runs[0].results[0].locations[0].physicalLocation.artifactLocation
    assert.equal(decodeURIComponent(uri), name.toWellFormed())
    assert.equal(JSON.parse(printed.json).incomplete[0].path, name)
    // Viewers of these formats show this text to people.
    const shown = [
      JSON.parse(printed.sarif).runs[0].results[0].message.text,
      JSON.parse(printed.gitlab).vulnerabilities[0].description,
    ]
    for (const words of shown) assert.doesNotMatch(words, unsafeInOutput, JSON.stringify(name))
  }
})

test('every format lists incompletely scanned files and counts those it omits', () => {
  const printed = {
    text: textReport(incomplete),
    github: githubReport(incomplete),
    json: printableJson(jsonReport(incomplete)),
    sarif: printableJson(sarifReport(incomplete)),
    gitlab: printableJson(gitlabReport(incomplete)),
  }
  for (const [format, text] of Object.entries(printed))
    for (const words of ['bomb.zip', 'exceeds the unpacking limit', 'the unpacking limit of the scan is reached', '7'])
      assert.ok(text.includes(words), `${format}: ${words}`)
  assert.equal(JSON.parse(printed.sarif).runs[0].invocations[0].executionSuccessful, false)
})

test('the text format shows location, commit, encoding and skipped files', () => {
  assert.deepEqual(textReport(report).split('\n').slice(1), [
    '  a b/c,d:e%\\u000a::stop.env:2:7',
    '  x:1:1 in commit 0123456789ab (base64 in gzip)',
    '  message of commit 0123456789ab:5:1',
    '  blob f00:1:1, not in any commit',
    '',
    '1 token found at 4 locations.',
    'Scanned 1 file, 2 objects, 3 bytes; skipped: 4 x symbolic link.',
  ])
  assert.match(textReport({ ...empty, isInterrupted: true }), /\nInterrupted before the scan was complete\.$/)
})

test('progress updates one line on a terminal and prints nothing elsewhere', () => {
  const written: string[] = []
  const write = (text: string) => void written.push(text)
  let time = 0
  const now = () => time
  const silent = progressOn({ isTTY: false, write, now })
  silent.update('1 file')
  silent.end()
  assert.deepEqual(written, [])
  const shown = progressOn({ isTTY: true, write, now })
  for (time of [2, 201, 202, 401]) shown.update(`${time} files`)
  shown.end()
  const line = (files: number) => `\r\x1b[K${files} files`
  assert.deepEqual(written, [line(2), line(202), '\r\x1b[K'])
})

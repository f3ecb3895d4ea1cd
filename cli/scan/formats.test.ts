import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintMark, parseToken } from '@mintmark/token'
import { seededNumbers } from '../../token/seeded-numbers.ts'
import { sampleToken } from '../../token/token-samples.ts'
import { findingsOf, type Report } from './found.ts'
import { githubReport } from './github.ts'
import { gitlabReport } from './gitlab.ts'
import { jsonReport } from './json.ts'
import { progressOn } from './progress.ts'
import { sarifReport } from './sarif.ts'
import { textReport } from './text.ts'

const token = sampleToken(mintMark('scalr:7k2m9q'), seededNumbers(5))
const { id = '', issuer = '' } = parseToken(token.open()) ?? {}
const commit = '0123456789abcdef0123456789abcdef01234567'
const counts = { files: 1, objects: 2, bytes: 3, skipped: new Map([['symbolic link', 4]]) }
const report: Report = {
  findings: findingsOf([
    {
      token,
      tokenId: id,
      issuer,
      lastCharacters: token.open().slice(-6),
      placesLeftOut: 0,
      places: [
        { path: 'a b/c,d:e%\n::stop.env', line: 2, column: 7, how: ['plain'] },
        { path: 'x', commit, object: 'f00', objectType: 'blob', line: 1, column: 1, how: ['gzip', 'base64'] },
        { commit, object: commit, objectType: 'commit', line: 5, column: 1, how: ['plain'] },
        { object: 'f00', objectType: 'blob', line: 1, column: 1, how: ['plain'] },
      ],
    },
  ]),
  counts,
  allowed: 0,
  known: 0,
  placesLeftOut: 0,
  isInterrupted: false,
}
const empty: Report = { ...report, findings: [] }
const all = { sarifReport, gitlabReport, jsonReport, githubReport, textReport }

test('no format tells the token, and every one tells its id and its last six', () => {
  for (const [name, write] of Object.entries(all)) {
    const written = JSON.stringify(write(report))
    assert.equal(written.includes('eyJ'), false, name)
    assert.ok(written.includes(id) && written.includes(token.open().slice(-6)), name)
  }
})

test('SARIF 2.1.0 has what its schema requires', () => {
  const { version, $schema, runs } = sarifReport(report) as ReturnType<typeof JSON.parse>
  assert.deepEqual([version, runs.length], ['2.1.0', 1])
  assert.match($schema, /sarif-2\.1\.0\.json$/)
  const [{ tool, results, invocations }] = runs
  assert.equal(invocations[0].executionSuccessful, true)
  assert.equal(tool.driver.name, 'Mintmark')
  assert.equal(results.length, 4)
  for (const { ruleId, ruleIndex, message, level, locations } of results) {
    assert.equal(tool.driver.rules[ruleIndex].id, ruleId)
    assert.deepEqual([level, typeof message.text, locations.length], ['error', 'string', 1])
    const { artifactLocation, region } = locations[0].physicalLocation
    assert.match(artifactLocation.uri, /^[\w.%/-]+$/)
    assert.ok(region.startLine >= 1 && region.startColumn >= 1)
  }
  assert.deepEqual((sarifReport(empty) as ReturnType<typeof JSON.parse>).runs[0].results, [])
})

test("GitLab's report has what its format 15 requires", () => {
  const { version, scan, vulnerabilities } = gitlabReport(report) as ReturnType<typeof JSON.parse>
  assert.match(version, /^15\.\d+\.\d+$/)
  for (const name of ['analyzer', 'scanner'])
    for (const member of ['id', 'name', 'version']) assert.ok(scan[name][member], `${name}.${member}`)
  assert.ok(scan.analyzer.vendor.name)
  assert.deepEqual([scan.type, scan.status], ['secret_detection', 'success'])
  for (const time of [scan.start_time, scan.end_time]) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  assert.equal(new Set(vulnerabilities.map((each: { id: string }) => each.id)).size, 4)
  for (const { identifiers, location, severity } of vulnerabilities) {
    assert.deepEqual(identifiers, [
      { type: 'gitleaks_rule_id', name: 'Gitleaks rule ID mintmark-token', value: 'mintmark-token' },
    ])
    assert.equal(severity, 'Critical')
    assert.ok(location.file && location.start_line >= 1 && location.commit.sha)
  }
  assert.equal(vulnerabilities[1].location.commit.sha, commit)
})

test("a path cannot write GitHub's commands", () => {
  const lines = githubReport(report).split('\n')
  assert.equal(lines.length, 4)
  assert.match(lines[0] ?? '', /^::error file=a b\/c%2Cd%3Ae%25%0A%3A%3Astop\.env,line=2,col=7,title=Leaked token::/)
  for (const line of lines) assert.match(line, /^::error file=/)
  assert.equal(githubReport(empty), '')
})

test('the words for people say where, in which commit, how, and what was not read', () => {
  assert.deepEqual(textReport(report).split('\n').slice(1), [
    '  a b/c,d:e% ::stop.env:2:7',
    '  x:1:1 in commit 0123456789ab (base64 in gzip)',
    '  message of commit 0123456789ab:5:1',
    '  blob f00:1:1, which no commit has',
    '',
    '1 token found at 4 places.',
    'Read 1 file, 2 objects, 3 bytes; skipped: 4 x symbolic link.',
  ])
  assert.match(textReport({ ...empty, isInterrupted: true }), /\nInterrupted: not everything was read\.$/)
})

test('progress is one line on a terminal and nothing elsewhere', () => {
  const written: string[] = []
  const write = (text: string) => void written.push(text)
  let time = 0
  const now = () => time
  const silent = progressOn({ isTTY: false, write, now })
  silent.tell(counts)
  silent.end()
  assert.deepEqual(written, [])
  const shown = progressOn({ isTTY: true, write, now })
  for (time of [2, 201, 202, 401]) shown.tell({ ...counts, files: time })
  shown.end()
  const line = (files: number) => `\r\x1b[K${files} files, 2 objects, 3 bytes`
  assert.deepEqual(written, [line(2), line(202), '\r\x1b[K'])
})

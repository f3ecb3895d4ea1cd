import { ruleId } from '@mintmark/token'
import manifest from '../package.json' with { type: 'json' }
import { visible } from './escape.ts'
import { incompleteInWords, inWords, isComplete, levelOf, pathOf, placeInWords, type Report } from './found.ts'

/** Static Analysis Results Interchange Format 2.1.0, by OASIS: what code scanning of GitHub and others take. */
export function sarifReport(report: Report): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Mintmark', version: manifest.version, rules: [rule] } },
        invocations: [{ executionSuccessful: isComplete(report), toolExecutionNotifications: notificationsOf(report) }],
        results: report.findings.map((finding) => ({
          ruleId,
          ruleIndex: 0,
          level: levelOf(finding),
          message: { text: visible(`${inWords(finding)}, lies at ${placeInWords(finding.place)}.`) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(pathOf(finding.place)) },
                region: { startLine: finding.place.line, startColumn: finding.place.column },
              },
            },
          ],
          partialFingerprints: { 'tokenHash/v1': finding.hash },
          properties: finding.standing,
        })),
      },
    ],
  }
}

const notificationsOf = ({ incomplete, incompleteLeftOut }: Report): object[] => [
  ...incomplete.map((each) => ({
    level: 'warning',
    message: { text: visible(incompleteInWords(each)) },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(each.path) } } }],
  })),
  ...(incompleteLeftOut > 0
    ? [{ level: 'warning', message: { text: `Not scanned completely: ${incompleteLeftOut} more files` } }]
    : []),
]

const rule = {
  id: ruleId,
  name: 'MintmarkToken',
  shortDescription: { text: 'A Mintmark token lies where others can read it.' },
  help: { text: 'Revoke it (mintmark scan --revoke, mintmark token delete), then mint a new one.' },
  properties: { tags: ['security', 'secret'], 'security-severity': '9.0' },
}

const uriOf = (path: string) =>
  (path.startsWith('/') ? 'file://' : '') +
  path.toWellFormed().replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')

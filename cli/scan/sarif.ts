import { ruleId } from '@mintmark/token'
import manifest from '../package.json' with { type: 'json' }
import { visible } from './escape.ts'
import { findingText, incompleteText, isComplete, levelOf, locationText, pathOf, type Report } from './report.ts'

/** Static Analysis Results Interchange Format 2.1.0 (OASIS), which GitHub code scanning and others accept. */
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
          message: { text: visible(`${findingText(finding)}, found at ${locationText(finding.location)}.`) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(pathOf(finding.location)) },
                region: { startLine: finding.location.line, startColumn: finding.location.column },
              },
            },
          ],
          partialFingerprints: { 'tokenHash/v1': finding.hash },
          properties: finding.status,
        })),
      },
    ],
  }
}

const notificationsOf = ({ incomplete, omittedIncomplete }: Report): object[] => [
  ...incomplete.map((each) => ({
    level: 'warning',
    message: { text: visible(incompleteText(each)) },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(each.path) } } }],
  })),
  ...(omittedIncomplete > 0
    ? [{ level: 'warning', message: { text: `Not scanned completely: ${omittedIncomplete} more files` } }]
    : []),
]

const rule = {
  id: ruleId,
  name: 'MintmarkToken',
  shortDescription: { text: 'A Mintmark token is exposed to others.' },
  help: { text: 'Revoke it (mintmark scan --revoke, mintmark token delete), then create a new one.' },
  properties: { tags: ['security', 'secret'], 'security-severity': '9.0' },
}

const uriOf = (path: string) =>
  (path.startsWith('/') ? 'file://' : '') +
  path.toWellFormed().replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')

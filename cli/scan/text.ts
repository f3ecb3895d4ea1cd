import { visible } from './escape.ts'
import {
  countsText,
  type Finding,
  findingText,
  incompleteText,
  isCounted,
  locationText,
  type Report,
} from './report.ts'

/** Maximum of incompletely scanned files that are listed. */
const incompleteMax = 50

export function textReport(report: Report): string {
  const lines: string[] = []
  let last = ''
  for (const finding of report.findings) {
    if (finding.hash !== last) lines.push(...(last ? [''] : []), visible(findingText(finding)))
    lines.push(`  ${indentedLine(locationText(finding.location))}`)
    last = finding.hash
  }
  return [...lines, ...(last ? [''] : []), ...summary(report)].join('\n')
}

/** The summary lines, used by every format. */
export function summary({ findings, fingerprints, counts, allowed, known, ...report }: Report): string[] {
  const counted = findings.filter(isCounted)
  const tokens = tokensIn(counted)
  const locations = counted.length + report.omittedLocations
  const found =
    tokens === 0 ? 'No tokens found' : `${plural(tokens, 'token')} found at ${plural(locations, 'location')}`
  const others = [
    [tokensIn(counted.filter(({ status }) => status.state === 'active')), 'active'],
    [tokensIn(counted.filter(({ status }) => status.state === 'inactive')), 'inactive'],
    [tokensIn(findings.filter(isMissingInFile)), 'not in the fingerprint file'],
    [tokensIn(findings.filter((each) => !isCounted(each) && !isMissingInFile(each))), 'not from this server'],
    [allowed, 'allowed'],
    [known, 'in the baseline'],
  ] as const
  const unknown = tokensIn(counted.filter(({ status }) => status.fingerprint === 'unknown'))
  const unlisted = report.omittedIncomplete + Math.max(0, report.incomplete.length - incompleteMax)
  return [
    `${[found, ...others.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []))].join(', ')}.`,
    ...(fingerprints && unknown > 0
      ? [
          `${plural(unknown, 'token')} of ${fingerprints.issuer} ${unknown === 1 ? 'is' : 'are'} not in the fingerprint file, which was created at ${fingerprints.made} and may be out of date.`,
        ]
      : []),
    ...report.incomplete.slice(0, incompleteMax).map((each) => visible(incompleteText(each))),
    ...(unlisted > 0 ? [`Not scanned completely: ${plural(unlisted, 'more file')}.`] : []),
    `Scanned ${visible(countsText(counts))}.`,
    ...(report.isInterrupted ? ['Interrupted before the scan was complete.'] : []),
  ]
}

const isMissingInFile = (finding: Finding) => !isCounted(finding) && finding.status.fingerprint === 'not-in-file'
const tokensIn = (findings: readonly Finding[]) => new Set(findings.map(({ hash }) => hash)).size
const plural = (count: number, word: string) => `${count} ${count === 1 ? word : `${word}s`}`

/** Escapes a leading `::`, which GitHub's runner treats as a command even after spaces. */
const indentedLine = (text: string) => visible(text).replace(/^::/, './::')

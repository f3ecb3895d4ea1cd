import { visible } from './escape.ts'
import {
  countsInWords,
  type Finding,
  incompleteInWords,
  inWords,
  isCounted,
  placeInWords,
  type Report,
} from './found.ts'

/** So many files that were not scanned completely are named. */
const incompleteMax = 50

export function textReport(report: Report): string {
  const lines: string[] = []
  let last = ''
  for (const finding of report.findings) {
    if (finding.hash !== last) lines.push(...(last ? [''] : []), visible(inWords(finding)))
    lines.push(`  ${indentedLine(placeInWords(finding.place))}`)
    last = finding.hash
  }
  return [...lines, ...(last ? [''] : []), ...summary(report)].join('\n')
}

/** The last words of every format. */
export function summary({ findings, fingerprints, counts, allowed, known, ...report }: Report): string[] {
  const counted = findings.filter(isCounted)
  const tokens = tokensIn(counted)
  const places = counted.length + report.placesLeftOut
  const found = tokens === 0 ? 'No token was found' : `${told(tokens, 'token')} found at ${told(places, 'place')}`
  const others = [
    [tokensIn(counted.filter(({ standing }) => standing.state === 'live')), 'live'],
    [tokensIn(counted.filter(({ standing }) => standing.state === 'dead')), 'dead'],
    [tokensIn(findings.filter(isStrange)), 'not in the fingerprint file'],
    [tokensIn(findings.filter((each) => !isCounted(each) && !isStrange(each))), 'not ours'],
    [allowed, 'allowed'],
    [known, 'in the baseline'],
  ] as const
  const unknown = tokensIn(counted.filter(({ standing }) => standing.fingerprint === 'unknown'))
  const unlisted = report.incompleteLeftOut + Math.max(0, report.incomplete.length - incompleteMax)
  return [
    `${[found, ...others.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []))].join(', ')}.`,
    ...(fingerprints && unknown > 0
      ? [
          `${unknown} of ${fingerprints.issuer} ${unknown === 1 ? 'is' : 'are'} not in the fingerprint file, made ${fingerprints.made}: it may be older.`,
        ]
      : []),
    ...report.incomplete.slice(0, incompleteMax).map((each) => visible(incompleteInWords(each))),
    ...(unlisted > 0 ? [`Not scanned completely: ${told(unlisted, 'more file')}.`] : []),
    `Read ${visible(countsInWords(counts))}.`,
    ...(report.isInterrupted ? ['Interrupted: not everything was read.'] : []),
  ]
}

const isStrange = (finding: Finding) => !isCounted(finding) && finding.standing.fingerprint === 'not-in-file'
const tokensIn = (findings: readonly Finding[]) => new Set(findings.map(({ hash }) => hash)).size
const told = (count: number, noun: string) => `${count} ${count === 1 ? noun : `${noun}s`}`

/** GitHub's runner reads a line that starts with `::`, spaces aside, as a command. */
const indentedLine = (text: string) => visible(text).replace(/^::/, './::')

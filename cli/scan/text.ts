import { plain } from '../print.ts'
import { countsInWords, inWords, placeInWords, type Report } from './found.ts'

export function textReport(report: Report): string {
  const lines: string[] = []
  let last = ''
  for (const finding of report.findings) {
    if (finding.hash !== last) lines.push(...(last ? [''] : []), plain(inWords(finding)))
    lines.push(`  ${plain(placeInWords(finding.place))}`)
    last = finding.hash
  }
  return [...lines, ...(last ? [''] : []), ...summary(report)].join('\n')
}

/** The last words of every format. */
export function summary({ findings, counts, allowed, known, placesLeftOut, isInterrupted }: Report): string[] {
  const tokens = new Set(findings.map(({ hash }) => hash)).size
  const places = findings.length + placesLeftOut
  const found = tokens === 0 ? 'No token was found' : `${told(tokens, 'token')} found at ${told(places, 'place')}`
  return [
    `${found}${allowed > 0 ? `, ${allowed} allowed` : ''}${known > 0 ? `, ${known} in the baseline` : ''}.`,
    `Read ${plain(countsInWords(counts))}.`,
    ...(isInterrupted ? ['Interrupted: not everything was read.'] : []),
  ]
}

const told = (count: number, noun: string) => `${count} ${count === 1 ? noun : `${noun}s`}`

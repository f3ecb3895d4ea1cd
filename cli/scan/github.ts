import { visible } from './escape.ts'
import { type Finding, incompleteInWords, inWords, levelOf, pathOf, placeInWords, type Report } from './found.ts'

/** Workflow commands of GitHub Actions: they put each finding beside its line. */
export const githubReport = ({ findings, incomplete, incompleteLeftOut }: Report): string =>
  [
    ...findings.map(command),
    ...incomplete.map(
      (each) => `::warning file=${property(each.path)},title=Not scanned completely::${data(incompleteInWords(each))}`,
    ),
    ...(incompleteLeftOut > 0 ? [`::warning title=Not scanned completely::${incompleteLeftOut} more files`] : []),
  ].join('\n')

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const

function command(finding: Finding): string {
  const { place } = finding
  const properties = { file: pathOf(place), line: String(place.line), col: String(place.column), title: 'Leaked token' }
  const told = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`)
  return `::${commands[levelOf(finding)]} ${told.join(',')}::${data(`${inWords(finding)}, lies at ${placeInWords(place)}.`)}`
}

// The runner decodes these and nothing else. A path with a line end in it could otherwise give it a command of its own.
const encodeLineEnds = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const data = (text: string) => visible(encodeLineEnds(text))
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

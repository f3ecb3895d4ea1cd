import { visible } from './escape.ts'
import { type Finding, findingText, incompleteText, levelOf, locationText, pathOf, type Report } from './report.ts'

/** Workflow commands of GitHub Actions, which annotate the line of each finding. */
export const githubReport = ({ findings, incomplete, incompleteLeftOut }: Report): string =>
  [
    ...findings.map(command),
    ...incomplete.map(
      (each) => `::warning file=${property(each.path)},title=Not scanned completely::${data(incompleteText(each))}`,
    ),
    ...(incompleteLeftOut > 0 ? [`::warning title=Not scanned completely::${incompleteLeftOut} more files`] : []),
  ].join('\n')

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const

function command(finding: Finding): string {
  const { place } = finding
  const properties = { file: pathOf(place), line: String(place.line), col: String(place.column), title: 'Leaked token' }
  const pairs = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`)
  return `::${commands[levelOf(finding)]} ${pairs.join(',')}::${data(`${findingText(finding)}, found at ${locationText(place)}.`)}`
}

// The only escapes that the runner decodes. Without them, a path that contains a line end could inject a command.
const encodeLineEnds = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const data = (text: string) => visible(encodeLineEnds(text))
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

import { visible } from './escape.ts'
import { type Finding, findingText, incompleteText, levelOf, locationText, pathOf, type Report } from './report.ts'

/** Workflow commands of GitHub Actions, which annotate the line of each finding. */
export const githubReport = ({ findings, incomplete, omittedIncomplete }: Report): string =>
  [
    ...findings.map(command),
    ...incomplete.map(
      (each) => `::warning file=${property(each.path)},title=Not scanned completely::${data(incompleteText(each))}`,
    ),
    ...(omittedIncomplete > 0 ? [`::warning title=Not scanned completely::${omittedIncomplete} more files`] : []),
  ].join('\n')

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const

function command(finding: Finding): string {
  const { location } = finding
  const properties = {
    file: pathOf(location),
    line: String(location.line),
    col: String(location.column),
    title: 'Leaked token',
  }
  const pairs = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`)
  return `::${commands[levelOf(finding)]} ${pairs.join(',')}::${data(`${findingText(finding)}, found at ${locationText(location)}.`)}`
}

// The only escapes that the runner decodes. Without them, a path that contains a line end could inject a command.
const encodeLineEnds = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const data = (text: string) => visible(encodeLineEnds(text))
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

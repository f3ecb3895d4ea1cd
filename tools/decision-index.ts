/** The index of decisions/, derived from the first lines of each decision. */
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

interface Decision {
  readonly file: string
  readonly number: number
  readonly title: string
  readonly date: string
  readonly status: string
  readonly summary: string
}

const statuses = /^(?:proposed|accepted|rejected|superseded by \[decision \d+\]\([\w-]+\.md\))$/
const head = /^# (?<number>\d+)\. (?<title>.+)\n\n(?<date>\d{4}-\d{2}-\d{2}) · (?<status>.+)\n\n(?<summary>[^\n#]+)\n/

/** Throws an `Error` that names the file whose header is incomplete or does not fit its name. */
export function readDecision(file: string, text: string): Decision {
  const { number, title = '', date = '', status = '', summary = '' } = head.exec(text)?.groups ?? {}
  if (number === undefined)
    throw new Error(`${file}: expected "# <number>. <title>", "<date> · <status>" and a one-sentence summary.`)
  const name = `${number.padStart(4, '0')}-${slugOf(title)}.md`
  if (file !== name) throw new Error(`${file}: the number and title ask for the name ${name}.`)
  if (!statuses.test(status)) throw new Error(`${file}: unknown status "${status}".`)
  if (!/\.$/.test(summary)) throw new Error(`${file}: the summary is not a sentence.`)
  return { file, number: Number(number), title, date, status, summary }
}

/** The text of decisions/README.md. Throws an `Error` if two decisions share a number or a number is missing. */
export function decisionIndex(): string {
  const folder = join(import.meta.dirname, '../decisions')
  const decisions = globSync('*.md', { cwd: folder })
    .filter((file) => file !== 'README.md')
    .sort()
    .map((file) => readDecision(basename(file), readFileSync(join(folder, file), 'utf8')))
  decisions.forEach(({ file, number }, index) => {
    if (number !== index + 1) throw new Error(`${file}: expected number ${index + 1}.`)
  })
  const rows = decisions.map(
    ({ file, number, title, date, status, summary }) =>
      `| ${number} | [${title}](${file}) | ${date} | ${status} | ${summary} |`,
  )
  return `${introduction}\n${rows.join('\n')}\n`
}

const introduction = `# Decisions

Architecture decision records: choices that were hard to make or would be hard to reverse. To add one, copy the header of an existing record (number and title,
date and status, one sentence), describe context, options, decision and consequences, and run \`npm run generate\`, which writes this index. An accepted record is
not rewritten when the decision changes: a new record supersedes it.

| # | decision | date | status | summary |
|---|---|---|---|---|`

function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

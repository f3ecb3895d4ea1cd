/** Tables and pairs of labels and values as text. */
import { styleText } from 'node:util'
import widthOf from 'fast-string-width'
import { plain } from './print.ts'

type Cell = string | null | undefined

interface Terminal {
  /** Undefined if the output is not a terminal, which gets complete lines. */
  readonly columns: number | undefined
}

/** Columns that identify an object are never shortened. */
const fixed = ['ID', 'LAST CHARACTERS']
const gap = '  '

/**
 * A table with a header, or `emptyText` if there are no rows. On a terminal, long cells are shortened so that a row fits on a
 * line if possible.
 */
export function table(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  emptyText: string,
  { columns }: Terminal = terminal(),
): string {
  if (rows.length === 0) return emptyText
  const cells = rows.map((row) => row.map((cell) => plain(cell || '-')))
  const header = names.map(plain)
  const natural = header.map((name, at) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), widthOf(name)),
  )
  const widths = columns === undefined ? natural : fit(header, natural, columns)
  const line = (row: readonly string[], style: (text: string) => string) =>
    row
      .map((cell, at) => padded(shortened(cell, widths[at] ?? 0), at === row.length - 1 ? 0 : (widths[at] ?? 0), style))
      .join(gap)
      .trimEnd()
  return [line(header, bold), ...cells.map((row) => line(row, statusStyle))].join('\n')
}

const terminal = (): Terminal => ({ columns: process.stdout.isTTY ? process.stdout.columns || undefined : undefined })

/** Takes the missing width from the widest columns, down to the width of their names. */
function fit(header: readonly string[], natural: readonly number[], columns: number): number[] {
  const widths = [...natural]
  const least = header.map((name, at) => (fixed.includes(name) ? (natural[at] as number) : Math.max(widthOf(name), 8)))
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - columns
  for (; excess > 0; excess--) {
    const spare = widths.map((width, at) => (width > (least[at] as number) ? width : 0))
    const widest = spare.indexOf(Math.max(...spare))
    if (spare[widest] === 0) break
    widths[widest] = (widths[widest] as number) - 1
  }
  return widths
}

function shortened(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let [kept, used] = ['', 1]
  for (const character of text) {
    used += widthOf(character)
    if (used > width) break
    kept += character
  }
  return `${kept}…`
}

const padded = (text: string, width: number, style: (text: string) => string) =>
  style(text) + ' '.repeat(Math.max(0, width - widthOf(text)))

/** One line per label and value. Lines without a value are omitted; a line without a label continues the previous one. */
export function labelled(lines: readonly (readonly [string, Cell])[]): string {
  const shown = lines.filter(([, value]) => value)
  const width = Math.max(...shown.map(([name]) => widthOf(name)))
  return shown.map(([name, value]) => `${padded(name, width, bold)}${gap}${statusStyle(plain(value ?? ''))}`).join('\n')
}

/** Node leaves out the styles if stdout is not a terminal, or if NO_COLOR is set. */
export const bold = (text: string): string => (text === '' ? '' : styleText('bold', text, { stream: process.stdout }))

const statusColors = {
  Active: 'green',
  Inactive: 'yellow',
  Disabled: 'yellow',
  Pending: 'yellow',
  expired: 'red',
} as const

function statusStyle(text: string): string {
  const color = Object.hasOwn(statusColors, text) ? statusColors[text as keyof typeof statusColors] : undefined
  return color ? styleText(color, text, { stream: process.stdout }) : text
}

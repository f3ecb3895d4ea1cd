/** Words for people and JSON for programs, on stdout. What a server wrote cannot steer the terminal. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

// Control characters, and those that turn the direction of writing.
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

/** On one line, safe to show. */
export const plain = (text: string): string => text.replace(/\r?\n|\t/g, ' ').replace(unprintable, '\ufffd')

/** `JSON.stringify` escapes some of the unprintable characters; here the others are escaped too. */
export function printJson(value: unknown): void {
  const escaped = (found: string) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  const later = (found: string) => (found === '\n' ? found : escaped(found))
  print(JSON.stringify(value, null, 2).replace(unprintable, later))
}

type Cell = string | null | undefined

/** Columns under their names; `nothing` stands there when there are no rows. */
export function table(names: readonly string[], rows: readonly (readonly Cell[])[], nothing: string): string {
  if (rows.length === 0) return nothing
  const cells = [names, ...rows].map((row) => row.map((cell) => plain(cell || '-')))
  const widths = names.map((_, column) => Math.max(...cells.map((row) => lengthOf(row[column] ?? ''))))
  return cells
    .map((row) =>
      row
        .map((cell, column) => padded(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A name and a value on each line. A line without a value is left out, one without a name goes on with the last. */
export function labelled(lines: readonly (readonly [string, Cell])[]): string {
  const told = lines.filter(([, value]) => value)
  const width = Math.max(...told.map(([name]) => name.length))
  return told.map(([name, value]) => `${name.padEnd(width)}  ${plain(value ?? '')}`).join('\n')
}

const lengthOf = (text: string) => [...text].length
const padded = (text: string, width: number) => text + ' '.repeat(width - lengthOf(text))

/** `2030-01-31 12:00 UTC`. */
export const when = (time: string | null | undefined, never: string): string =>
  time ? `${time.slice(0, 16).replace('T', ' ')} UTC` : never

/** Prints text for people or JSON for programs to stdout. Removes terminal control sequences from values of the server. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Prints a remark about a successful command to stderr, where it is not part of the output. */
export function notice(text: string): void {
  process.stderr.write(`mintmark: ${plain(text)}\n`)
}

// Control characters and characters that change the direction of text.
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

/** The text on one line, without control characters. */
export const plain = (text: string): string => text.replace(/\r?\n|\t/g, ' ').replace(unprintable, '\ufffd')

/** `JSON.stringify` escapes some of the unprintable characters; here the others are escaped too. */
export function printJson(value: unknown): void {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  const escapeUnlessNewline = (character: string) => (character === '\n' ? character : escaped(character))
  print(JSON.stringify(value, null, 2).replace(unprintable, escapeUnlessNewline))
}

type Cell = string | null | undefined

/** A table with a header, or `emptyText` if there are no rows. */
export function table(names: readonly string[], rows: readonly (readonly Cell[])[], emptyText: string): string {
  if (rows.length === 0) return emptyText
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

/** One line per label and value. Lines without a value are omitted; a line without a label continues the previous one. */
export function labelled(lines: readonly (readonly [string, Cell])[]): string {
  const shown = lines.filter(([, value]) => value)
  const width = Math.max(...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${plain(value ?? '')}`).join('\n')
}

const lengthOf = (text: string) => [...text].length
const padded = (text: string, width: number) => text + ' '.repeat(width - lengthOf(text))

/** `2030-01-31 12:00 UTC`. */
export const when = (time: string | null | undefined, never: string): string =>
  time ? `${time.slice(0, 16).replace('T', ' ')} UTC` : never

/** Exports of whole lists, as files. */
import type { Operation } from './resource.ts'

/** The media types of the values that a list accepts as `format`, beside JSON:API. */
export const exportTypes = { csv: 'text/csv', jsonl: 'application/jsonl' } as const

export type ExportFormat = keyof typeof exportTypes

export const exportFormatsOf = ({ parameters }: Operation): readonly ExportFormat[] =>
  (Object.keys(exportTypes) as ExportFormat[]).filter((format) => parameters?.['format']?.values?.includes(format))

/** Characters that start a formula in spreadsheets, at the start of a cell or after another separator than ours. */
const formulaStart = /(^|[;\t\r\n])([\s\p{Cc}\p{Cf}]?"?[=+\-@＝＋－＠])/gu

/** A cell of a CSV file (RFC 4180), which people open in spreadsheets. Quotes every cell. An apostrophe marks text that would start a formula, or white space that hides one. */
export function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const disarmed = text.replace(formulaStart, "$1'$2")
  return `"${(/^[\s\p{Cc}\p{Cf}]/u.test(disarmed) ? `'${disarmed}` : disarmed).replaceAll('"', '""')}"`
}

/** Cells of CSV exports (RFC 4180), which people open in spreadsheets. */

/** Characters that start a formula in spreadsheets, at the start of a cell or after another separator than ours. */
const formulaStart = /(^|[;\t\r\n])([\s\p{Cc}\p{Cf}]?[=+\-@＝＋－＠])/gu

/** Quotes every cell. An apostrophe marks text that would start a formula, or white space that hides one. */
export function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const disarmed = text.replace(formulaStart, "$1'$2")
  return `"${(/^[\s\p{Cc}\p{Cf}]/u.test(disarmed) ? `'${disarmed}` : disarmed).replaceAll('"', '""')}"`
}

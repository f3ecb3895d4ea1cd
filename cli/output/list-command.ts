/** Options, reading and output shared by all commands that print a list. */
import type { Found, Page } from '@mintmark/client'
import { csvCell, limits, type Resource } from '@mintmark/contract'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type ServerFlags, serverCommand } from '../client-command.ts'
import { WrongUsage } from '../report-error.ts'
import { type Column, columnLabel, columnText, jsonFields } from './fields.ts'
import { notice, print, printJson } from './print.ts'
import { progressOnStderr } from './progress.ts'
import { table } from './table.ts'
import { toJson } from './to-json.ts'

export interface ListFlags extends ServerFlags {
  /** The names of the members to print, or true for all. */
  readonly json?: string | true
  readonly output?: 'table' | 'json' | 'csv'
  readonly limit?: number
}

const defaultLimit = 1_000

export function listCommand(parent: Command, name: string, description: string): Command {
  return serverCommand(parent, name, description)
    .option('--json [fields]', 'print JSON, optionally only these comma-separated members')
    .addOption(new Option('--output <format>', 'output format (default: table)').choices(['table', 'json', 'csv']))
    .option('--limit <number>', `maximum number of entries, or all (default: ${defaultLimit})`, readLimit)
}

function readLimit(text: string): number {
  if (text === 'all') return Number.MAX_SAFE_INTEGER
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (limit < 1) throw new InvalidArgumentError('Expected a number from 1 to 999999999, or all.')
  return limit
}

interface ListOutput {
  readonly columns: readonly Column[]
  readonly emptyText: string
}

type ReadPage = (page: { readonly number: number; readonly size: number }) => Promise<Page<Resource>>

/** Call it before the first request: it checks the options. */
export function listPrinter(resource: Resource, flags: ListFlags, { columns, emptyText }: ListOutput) {
  const fields = fieldsIn(resource, flags)
  return async (read: ReadPage): Promise<void> => {
    const { records, isComplete } = await readPages(read, flags.limit ?? defaultLimit)
    if (!isComplete && flags.limit === undefined)
      notice(`Only the first ${records.length} entries are listed. Choose --limit to list more.`)
    if (flags.json !== undefined || flags.output === 'json')
      return printJson(records.map((record) => pick(toJson(resource, record), fields)))
    if (flags.output === 'csv') return printCsv(resource, records)
    const rows = records.map((record) => columns.map((column) => columnText(resource, record, column)))
    print(
      table(
        columns.map((column) => columnLabel(column).toUpperCase()),
        rows,
        emptyText,
      ),
    )
  }
}

function fieldsIn(resource: Resource, { json, output }: ListFlags): readonly string[] | undefined {
  if (json !== undefined && output !== undefined && output !== 'json')
    throw new WrongUsage(`--json cannot be used with --output ${output}`)
  if (json === undefined || json === true) return undefined
  const known = jsonFields(resource)
  const fields = json.split(',').map((field) => field.trim())
  const unknown = fields.find((field) => !known.includes(field))
  if (unknown !== undefined)
    throw new WrongUsage(`--json: unknown field ${unknown}; expected some of ${known.join(', ')}`)
  return fields
}

const pick = (record: Readonly<Record<string, unknown>>, fields: readonly string[] | undefined) =>
  fields === undefined ? record : Object.fromEntries(fields.map((field) => [field, record[field] ?? null]))

/** Reads pages until there are `limit` records. */
async function readPages(read: ReadPage, limit: number): Promise<{ records: Found[]; isComplete: boolean }> {
  const progress = progressOnStderr()
  const records: Found[] = []
  const size = Math.min(limit, limits.pageSizeMax)
  let number: number | null = 1
  while (number !== null && records.length < limit) {
    const page: Page<Resource> = await read({ number, size })
    records.push(...page.records)
    progress.update(`${records.length} of ${page.totalCount}`)
    // Stops if a server returns pages endlessly.
    number = page.nextPage === number + 1 ? page.nextPage : null
  }
  progress.end()
  return { records: records.slice(0, limit), isComplete: number === null && records.length <= limit }
}

function printCsv(resource: Resource, records: readonly Found[]): void {
  const names = jsonFields(resource)
  const cellOf = (value: unknown) =>
    csvCell(typeof value === 'object' && value !== null ? JSON.stringify(value) : value)
  process.stdout.write(`${names.map(csvCell).join(',')}\r\n`)
  for (const record of records) {
    const values = toJson(resource, record)
    process.stdout.write(`${names.map((name) => cellOf(values[name])).join(',')}\r\n`)
  }
}

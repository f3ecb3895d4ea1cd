/** Options, reading and output shared by all commands that print a list. */
import type { CallOptions, Found, Page } from '@mintmark/client'
import { csvCell, limits, type Resource, resourceByType } from '@mintmark/contract'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { hasNames, nameAttribute } from '../arguments/find-by-name.ts'
import { type ServerFlags, serverCommand } from '../client-command.ts'
import { WrongUsage } from '../report-error.ts'
import { type Column, columnLabel, columnText, jsonFields, membersOf } from './fields.ts'
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

type ReadPage = (
  page: { readonly number: number; readonly size: number },
  related: Pick<CallOptions<Resource, string>, 'include' | 'onIncluded'>,
) => Promise<Page<Resource>>

/** Call it before the first request: it checks the options. */
export function listPrinter(resource: Resource, flags: ListFlags, { columns, emptyText }: ListOutput) {
  const fields = fieldsIn(resource, flags)
  return async (read: ReadPage): Promise<void> => {
    const isTable = flags.json === undefined && (flags.output ?? 'table') === 'table'
    const names = new Map<string, string>()
    const related = isTable ? relatedNames(resource, columns, names) : {}
    const { records, isComplete } = await readPages((page) => read(page, related), flags.limit ?? defaultLimit)
    if (!isComplete && flags.limit === undefined)
      notice(`Only the first ${records.length} entries are listed. Choose --limit to list more.`)
    if (flags.json !== undefined || flags.output === 'json')
      return printJson(records.map((record) => pick(toJson(resource, record), fields)))
    if (flags.output === 'csv') return printCsv(resource, records)
    const rows = records.map((record) => columns.map((column) => columnText(resource, record, column, names)))
    print(
      table(
        columns.map((column) => columnLabel(column).toUpperCase()),
        rows,
        emptyText,
      ),
    )
  }
}

/** The names of related records come with each page. Those that the token cannot read are shown by ID. */
function relatedNames({ relations }: Resource, columns: readonly Column[], names: Map<string, string>) {
  const include = columns.flatMap(membersOf).filter((name) => name in relations)
  if (include.length === 0) return {}
  const onIncluded = (type: string, record: Found) => {
    const target = resourceByType.get(type)
    const name = target && hasNames(target) ? record[nameAttribute(target) as keyof Found] : undefined
    if (typeof name === 'string') names.set(record.id, name)
  }
  return { include, onIncluded }
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
async function readPages(
  read: (page: Parameters<ReadPage>[0]) => Promise<Page<Resource>>,
  limit: number,
): Promise<{ records: Found[]; isComplete: boolean }> {
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

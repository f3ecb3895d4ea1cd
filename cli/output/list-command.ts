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
  readonly output?: 'table' | 'json' | 'jsonl' | 'csv'
  readonly limit?: number
}

const defaultLimit = 1_000

export function listCommand(parent: Command, name: string, description: string): Command {
  return serverCommand(parent, name, description)
    .option('--json [fields]', 'print JSON, optionally only these comma-separated members')
    .addOption(
      new Option('--output <format>', 'output format (default: table)').choices(['table', 'json', 'jsonl', 'csv']),
    )
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
    const writeRows = rowWriter(resource, flags)
    const isTable = !writeRows && flags.json === undefined && flags.output !== 'json'
    const names = new Map<string, string>()
    const related = isTable ? relatedNames(resource, columns, names) : {}
    const records: Found[] = []
    const { count, isComplete } = await readPages(
      (page) => read(page, related),
      flags.limit ?? defaultLimit,
      (some) => {
        if (writeRows) writeRows(some)
        else records.push(...some)
      },
    )
    if (!isComplete && flags.limit === undefined)
      notice(`Only the first ${count} entries are listed. Choose --limit to list more.`)
    if (writeRows) return
    if (flags.json !== undefined || flags.output === 'json')
      return printJson(records.map((record) => pick(toJson(resource, record), fields)))
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

/** Reads pages until there are `limit` records, and passes on those of each page. */
async function readPages(
  read: (page: Parameters<ReadPage>[0]) => Promise<Page<Resource>>,
  limit: number,
  onRecords: (records: readonly Found[]) => void,
): Promise<{ count: number; isComplete: boolean }> {
  const progress = progressOnStderr()
  const size = Math.min(limit, limits.pageSizeMax)
  let count = 0
  let number: number | null = 1
  let isComplete = true
  while (number !== null && count < limit) {
    const page: Page<Resource> = await read({ number, size })
    const some = page.records.slice(0, limit - count)
    onRecords(some)
    count += some.length
    progress.update(`${count} of ${page.totalCount}`)
    // Stops if a server returns pages endlessly.
    number = page.nextPage === number + 1 ? page.nextPage : null
    isComplete = number === null && some.length === page.records.length
  }
  progress.end()
  return { count, isComplete }
}

/** Writes rows of the formats that do not need all records at once. */
function rowWriter(resource: Resource, { output }: ListFlags): ((records: readonly Found[]) => void) | undefined {
  const write = (text: string) => void process.stdout.write(text)
  if (output === 'jsonl')
    return (records) => {
      for (const record of records) write(`${JSON.stringify(toJson(resource, record))}\n`)
    }
  if (output !== 'csv') return undefined
  const names = jsonFields(resource)
  const cellOf = (value: unknown) =>
    csvCell(typeof value === 'object' && value !== null ? JSON.stringify(value) : value)
  write(`${names.map(csvCell).join(',')}\r\n`)
  return (records) => {
    for (const record of records) {
      const values = toJson(resource, record)
      write(`${names.map((name) => cellOf(values[name])).join(',')}\r\n`)
    }
  }
}

/** A whole list as a CSV file (RFC 4180) or as JSON lines. It is streamed, and stops when the client disconnects. */
import { Readable } from 'node:stream'
import {
  csvCell,
  type ExportFormat,
  exportFormatsOf,
  exportTypes,
  idOf,
  kebab,
  limits,
  type Operation,
  type Resource,
} from '@mintmark/contract'
import type { FastifyReply } from 'fastify'
import { Refusal } from '../../context.ts'
import type { Listed } from '../../jsonapi/mount.ts'
import { sortInPieces } from './sort-in-pieces.ts'

/** Returns the format that a request for a list selects; undefined for a page as JSON:API. */
export function exportFormat(operation: Operation, query: URLSearchParams): ExportFormat | undefined {
  const formats = exportFormatsOf(operation)
  const format = query.get('format') || 'json'
  if (formats.length === 0 || format === 'json') return undefined
  const known = formats.find((each) => each === format)
  if (known) return known
  const detail = `Expected json or ${formats.join(' or ')}.`
  throw new Refusal('invalid-parameter', { detail, parameter: 'format' })
}

/** In the order in which the view is read, or as the request sorts. */
export async function sendExport(
  reply: FastifyReply,
  { resource }: Operation,
  {
    format,
    all,
    disconnected,
  }: { readonly format: ExportFormat; readonly all: Listed; readonly disconnected: AbortSignal },
): Promise<FastifyReply> {
  const { name, attributes } = files[resource.type] ?? { name: resource.type }
  const writer = writers[format](fieldsOf(resource, attributes))
  const sorted = all.sort.length > 0 ? await sortedLines(resource, all, writer) : undefined
  return (
    reply
      .header('content-type', `${exportTypes[format]}; charset=utf-8`)
      .header('content-disposition', `attachment; filename="${name}.${format}"`)
      // Backpressure: a slow client delays the export instead of filling memory.
      .send(Readable.from(sorted ?? linesOf(all, writer, disconnected), { highWaterMark: 1 }))
  )
}

/** A column: its name in the API, and the member of a record. */
type Field = readonly [name: string, member: string]

type AnyRecord = Awaited<ReturnType<Listed['pages']['next']>>['value'][number]

interface Writer {
  readonly head: string
  readonly lineOf: (record: AnyRecord) => string
}

interface File {
  readonly name: string
  /** The attributes; all by default. */
  readonly attributes?: readonly string[]
}

const files: Readonly<Record<string, File>> = {
  'access-token-usages': {
    name: 'access-tokens',
    attributes: [
      'name',
      'description',
      'lastCharacters',
      'ownerEmail',
      'ownerType',
      'ownerStatus',
      'createdAt',
      'expiresAt',
      'lastUsedAt',
    ],
  },
}

const fieldsOf = (
  { attributes, relations }: Resource,
  names: readonly string[] = Object.keys(attributes),
): readonly Field[] => [
  ['id', 'id'],
  ...names.map((name) => [kebab(name), name] as const),
  ...Object.keys(relations).map((name) => [kebab(name), idOf(name)] as const),
]

const writers: Readonly<Record<ExportFormat, (fields: readonly Field[]) => Writer>> = {
  csv: (fields) => ({
    head: `${fields.map(([name]) => csvCell(name)).join(',')}\r\n`,
    lineOf: (record) => `${fields.map(([, member]) => csvCell(cellText(record[member]))).join(',')}\r\n`,
  }),
  jsonl: (fields) => ({
    head: '',
    lineOf: (record) =>
      `${JSON.stringify(Object.fromEntries(fields.map(([name, member]) => [name, record[member] ?? null])))}\n`,
  }),
}

const cellText = (value: unknown) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value)

async function* linesOf(
  { pages }: Listed,
  { head, lineOf }: Writer,
  disconnected: AbortSignal,
): AsyncGenerator<string> {
  yield head
  try {
    for await (const rows of pages) if (rows.length > 0) yield rows.map(lineOf).join('')
  } catch (error) {
    if (error !== disconnected.reason) throw error
  }
}

interface Sortable {
  readonly keys: readonly (string | null)[]
  readonly line: string
}

const linesPerPiece = 500

/**
 * A sorted export is read completely before the first line is sent, so its size is limited. Throws before anything is
 * sent.
 */
async function sortedLines(
  resource: Resource,
  { sort, ties, pages }: Listed,
  { head, lineOf }: Writer,
): Promise<AsyncGenerator<string>> {
  const lines: Sortable[] = []
  for await (const rows of pages) {
    if (lines.length + rows.length > limits.sortedReportRows)
      throw new Refusal('conflict', {
        detail: `Expected at most ${limits.sortedReportRows} rows in a sorted export. Leave out sort, or filter.`,
      })
    for (const row of rows) {
      const keys = [...sort.map(({ key }) => key), ...ties].map((key) => row[key] as string | null)
      lines.push({ keys, line: lineOf(row) })
    }
  }
  const last = sort.at(-1)?.descending ?? false
  const order = [
    ...sort.map((key) => orderOf(resource, key)),
    ...ties.map(() => ({ descending: last, unsetFirst: false })),
  ]
  const sorted = await sortInPieces(lines, ({ keys: one }, { keys: other }) => compareKeys(one, other, order))
  return (async function* () {
    yield head
    for (let at = 0; at < sorted.length; at += linesPerPiece)
      yield sorted
        .slice(at, at + linesPerPiece)
        .map(({ line }) => line)
        .join('')
  })()
}

interface Order {
  readonly descending: boolean
  readonly unsetFirst: boolean
}

const orderOf = ({ attributes }: Resource, { key, descending }: Listed['sort'][number]): Order => ({
  descending,
  unsetFirst: !descending && (attributes[key]?.unsetIsEarliest ?? false),
})

/** Sorts like the lists. */
function compareKeys(one: Sortable['keys'], other: Sortable['keys'], order: readonly Order[]): number {
  for (const [at, { descending, unsetFirst }] of order.entries()) {
    const [a = null, b = null] = [one[at], other[at]]
    if (a === b) continue
    if (a === null || b === null) return (a === null) === unsetFirst ? -1 : 1
    return a < b === descending ? 1 : -1
  }
  return 0
}

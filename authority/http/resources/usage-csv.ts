/** The token report as CSV (RFC 4180) for spreadsheets. It is streamed, and stops when the client disconnects. */
import { Readable } from 'node:stream'
import { type Attribute, accessTokenUsages, csvCell, limits } from '@mintmark/contract'
import type { FastifyReply } from 'fastify'
import { Refusal } from '../../context.ts'
import type { Listed } from '../../jsonapi/mount.ts'
import { sortInPieces } from './sort-in-pieces.ts'

const columns = [
  'name',
  'description',
  'last-characters',
  'owner-email',
  'owner-type',
  'owner-status',
  'created-at',
  'expires-at',
  'last-used-at',
]

/** In the order of the IDs, or as the request sorts. */
export async function sendUsageCsv(reply: FastifyReply, all: Listed, disconnected: AbortSignal): Promise<FastifyReply> {
  const lines = all.sort.length > 0 ? await sortedLines(all) : linesOf(all, disconnected)
  return (
    reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="access-tokens.csv"')
      // Backpressure: a slow client delays the report instead of filling memory.
      .send(Readable.from(lines, { highWaterMark: 1 }))
  )
}

const head = () => `${['id', ...columns].map(csvCell).join(',')}\r\n`

const lineOf = ({ object: { id, attributes } }: Row) =>
  `${[id, ...columns.map((name) => attributes[name])].map(csvCell).join(',')}\r\n`

type Row = Awaited<ReturnType<Listed['pages']['next']>>['value'][number]

async function* linesOf({ pages }: Listed, disconnected: AbortSignal): AsyncGenerator<string> {
  yield head()
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
 * A sorted report is read completely before the first line is sent, so its size is limited. Throws before anything is
 * sent.
 */
async function sortedLines({ sort, pages }: Listed): Promise<AsyncGenerator<string>> {
  const lines: Sortable[] = []
  for await (const rows of pages) {
    if (lines.length + rows.length > limits.sortedReportRows)
      throw new Refusal('conflict', {
        detail: `Expected at most ${limits.sortedReportRows} tokens in a sorted report. Leave out sort, or filter.`,
      })
    for (const row of rows) {
      const keys = [...sort.map(({ key }) => row.record[key]), row.record['createdAt'], row.record.id] as (
        | string
        | null
      )[]
      lines.push({ keys, line: lineOf(row) })
    }
  }
  const last = sort.at(-1)?.descending ?? false
  const order = [...sort.map(orderOf), ...Array(2).fill({ descending: last, unsetFirst: false })]
  const sorted = await sortInPieces(lines, ({ keys: one }, { keys: other }) => compareKeys(one, other, order))
  return (async function* () {
    yield head()
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

const attributesByName: Readonly<Record<string, Attribute>> = accessTokenUsages.attributes

const orderOf = ({ key, descending }: Listed['sort'][number]): Order => ({
  descending,
  unsetFirst: !descending && (attributesByName[key]?.unsetIsEarliest ?? false),
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

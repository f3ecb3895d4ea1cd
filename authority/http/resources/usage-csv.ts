/** The token report as CSV (RFC 4180), for a spreadsheet: written while it is read, and no further once the client has left. */
import { Readable } from 'node:stream'
import { limits } from '@mintmark/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
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

/** In the order of the ids, or sorted as asked. */
export async function sendUsageCsv(request: FastifyRequest, reply: FastifyReply, all: Listed): Promise<FastifyReply> {
  const left = new AbortController()
  // A client may have left before this runs; then there is no event any more.
  if (request.raw.destroyed) left.abort()
  request.raw.once('close', () => left.abort())
  const lines = all.sort.length > 0 ? await sortedLines(all, left.signal) : linesOf(all, left.signal)
  return (
    reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="access-tokens.csv"')
      // One piece at a time: a slow client keeps the report waiting, not in memory.
      .send(Readable.from(lines, { highWaterMark: 1 }))
  )
}

const head = () => `${['id', ...columns].map(csvCell).join(',')}\r\n`

const lineOf = ({ object: { id, attributes } }: Row) =>
  `${[id, ...columns.map((name) => attributes[name])].map(csvCell).join(',')}\r\n`

type Row = Awaited<ReturnType<Listed['pages']['next']>>['value'][number]

async function* linesOf({ pages }: Listed, left: AbortSignal): AsyncGenerator<string> {
  yield head()
  for await (const rows of pages) {
    if (left.aborted) return
    if (rows.length > 0) yield rows.map(lineOf).join('')
  }
}

interface Sortable {
  readonly keys: readonly (string | null)[]
  readonly line: string
}

const linesPerPiece = 500

/** All lines are read before the first is sent, hence they are limited. Refuses before anything is sent. */
async function sortedLines({ sort, pages }: Listed, left: AbortSignal): Promise<AsyncGenerator<string>> {
  const lines: Sortable[] = []
  for await (const rows of pages) {
    if (left.aborted) break
    if (lines.length + rows.length > limits.sortedReportRows)
      throw new Refusal('conflict', {
        detail: `Expected at most ${limits.sortedReportRows} tokens in a sorted report. Leave out sort, or filter.`,
      })
    for (const row of rows) {
      const keys = [...sort.map(({ key }) => row.record[key]), row.record.createdAt] as (string | null)[]
      lines.push({ keys, line: lineOf(row) })
    }
  }
  const descending = [...sort.map((each) => each.descending), false]
  const sorted = await sortInPieces(lines, ({ keys: one }, { keys: other }) => compareKeys(one, other, descending))
  return (async function* () {
    yield head()
    for (let at = 0; at < sorted.length; at += linesPerPiece)
      yield sorted
        .slice(at, at + linesPerPiece)
        .map(({ line }) => line)
        .join('')
  })()
}

/** As the lists sort: unset values come last in either direction. */
function compareKeys(one: Sortable['keys'], other: Sortable['keys'], descending: readonly boolean[]): number {
  for (const [at, isDescending] of descending.entries()) {
    const [a = null, b = null] = [one[at], other[at]]
    if (a === b) continue
    if (a === null) return 1
    if (b === null) return -1
    return a < b === isDescending ? 1 : -1
  }
  return 0
}

/** With these a spreadsheet begins a formula: at the start of a cell, and where another separator than ours begins a new one. */
const formulaStart = /(^|[;\t\r\n])([\s\p{Cc}\p{Cf}]?[=+\-@＝＋－＠])/gu

/** Always in quotes. What would begin a formula, or white space that hides one, is told by an apostrophe to be text. */
export function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const disarmed = text.replace(formulaStart, "$1'$2")
  return `"${(/^[\s\p{Cc}\p{Cf}]/u.test(disarmed) ? `'${disarmed}` : disarmed).replaceAll('"', '""')}"`
}

/** The token report as CSV (RFC 4180), for a spreadsheet. */
import { limits } from '@mintmark/contract'
import type { FastifyReply } from 'fastify'
import type { Asked, Handle } from '../jsonapi/mount.ts'

interface Page {
  readonly data: readonly { readonly id: string; readonly attributes: Readonly<Record<string, unknown>> }[]
  readonly meta: { readonly pagination: { readonly 'next-page': number | null } }
}

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

export async function sendUsageCsv(reply: FastifyReply, handle: Handle, asked: Asked): Promise<FastifyReply> {
  const lines = [['id', ...columns].join(',')]
  const query = new URLSearchParams(asked.query)
  query.set('page[size]', String(limits.pageSizeMax))
  for (let page: number | null = 1; page !== null; ) {
    query.set('page[number]', String(page))
    const { data, meta } = (await handle({ ...asked, query })).document as Page
    for (const { id, attributes } of data)
      lines.push([id, ...columns.map((name) => attributes[name])].map(cell).join(','))
    page = meta.pagination['next-page']
  }
  return reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', 'attachment; filename="access-tokens.csv"')
    .send(`${lines.join('\r\n')}\r\n`)
}

/** A cell that a spreadsheet would run as a formula is disarmed with a quote. */
function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

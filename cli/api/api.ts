import type { ApiResponse, Client } from '@mintmark/client'
import { basePath } from '@mintmark/contract'
import { type Command, InvalidArgumentError } from 'commander'
import { collect } from '../arguments/find-by-name.ts'
import { readText, standardInput } from '../arguments/read-text.ts'
import { type ClientFlags, openClient, serverCommand } from '../client-command.ts'
import { plain, printJson } from '../output/print.ts'
import { progressOnStderr } from '../output/progress.ts'
import { WrongUsage } from '../report-error.ts'
import { type Field, nest, rawField, typedField } from './fields.ts'

interface Flags extends ClientFlags {
  readonly method?: string
  readonly field?: readonly Field[]
  readonly rawField?: readonly Field[]
  readonly header?: readonly string[]
  readonly input?: string
  readonly include?: boolean
  readonly paginate?: boolean
}

const methods = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE']
const form = 'application/x-www-form-urlencoded'

export function addApi(parent: Command): void {
  serverCommand(parent, 'api', 'Send a request to the API and print the response.')
    .argument('<path>', `path below ${basePath}, such as teams; with a leading / any path of the server`, path)
    .option('-X, --method <method>', 'HTTP method (default: GET, or POST with a body)', method)
    .option(
      '-f, --raw-field <name=value>',
      'add a text to the body, or to the query of a GET request (repeatable)',
      collectField(rawField),
    )
    .option(
      '-F, --field <name=value>',
      'the same, with true, false, null and numbers as such, and @FILE or @- for the content of a file (repeatable)',
      collectField(typedField),
    )
    .option('-H, --header <name:value>', 'add a request header (repeatable)', collect)
    .option('--input <file>', 'file with the body, - for standard input')
    .option('-i, --include', 'print the status and the response headers first')
    .option('--paginate', 'read all pages of a list and print one document')
    .addHelpText(
      'after',
      `
Names of fields can be nested: -f data[type]=teams -f data[attributes][name]=ops, and -f ids[]=1 -f ids[]=2 for an array.

Examples:
  mintmark api teams
  mintmark api access-tokens --paginate | jq -r '.data[].id'
  mintmark api teams -f data[type]=teams -f data[attributes][name]=ops
  mintmark api -X DELETE teams/team-v0o1234567890abcd`,
    )
    .action(api)
}

async function api(path: string, flags: Flags): Promise<void> {
  const { input, include = false, paginate = false } = flags
  const fields = [...(flags.rawField ?? []), ...(flags.field ?? [])]
  if (input !== undefined && fields.length > 0)
    throw new WrongUsage('--input cannot be used with --field or --raw-field')
  const hasBody = input !== undefined || fields.length > 0
  const method = flags.method ?? (hasBody ? 'POST' : 'GET')
  if (paginate && (method !== 'GET' || include))
    throw new WrongUsage('--paginate requires GET, and cannot be used with --include')
  const inQuery = method === 'GET' || method === 'HEAD'
  if (inQuery && input !== undefined) throw new WrongUsage(`--input cannot be used with ${method}`)
  const headers = headersIn(flags.header ?? [])
  const type =
    headers.get('content-type') ?? (path.startsWith(basePath) ? 'application/vnd.api+json' : 'application/json')
  const url = inQuery ? withQuery(path, fields) : path
  const body = inQuery || !hasBody ? undefined : input === undefined ? encode(fields, type) : bodyIn(input)
  const client = await openClient(flags)
  const request = (to: string) => client.request({ method, path: to, type, body, headers: Object.fromEntries(headers) })
  if (paginate) return printJson(await readPages(client, request, url))
  const response = await request(url)
  if (include) printHead(response)
  printBody(response)
  if (response.status >= 400) throw client.refusedBy(response)
}

function path(text: string): string {
  if (/^[a-z]+:\/\//i.test(text))
    throw new InvalidArgumentError('Expected a path, not a URL. Choose the server with --host.')
  if (/[\s\p{Cc}#]/u.test(text)) throw new InvalidArgumentError('Expected a path without spaces and #.')
  return text.startsWith('/') ? text : `${basePath}/${text}`
}

function method(text: string): string {
  const upper = text.toUpperCase()
  if (!methods.includes(upper)) throw new InvalidArgumentError(`Expected one of ${methods.join(', ')}.`)
  return upper
}

const collectField =
  (parse: (text: string) => Field) =>
  (text: string, before: readonly Field[] = []): Field[] => [...before, parse(text)]

function headersIn(given: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>()
  for (const each of given) {
    const [, name, value] = /^([\w-]+):([\x20-\x7e]*)$/.exec(each) ?? []
    if (name === undefined || value === undefined)
      throw new WrongUsage('--header: expected a name and a value, such as "Accept: text/csv"')
    if (/^authorization$/i.test(name))
      throw new WrongUsage(
        '--header: the token is not an option, because other users of the machine can see command lines',
      )
    headers.set(name.toLowerCase(), value.trim())
  }
  return headers
}

function withQuery(path: string, fields: readonly Field[]): string {
  const query = new URLSearchParams(fields.map(({ name, value }) => [name, String(value)])).toString()
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`
}

function encode(fields: readonly Field[], type: string): string {
  if (type === form) return new URLSearchParams(fields.map(({ name, value }) => [name, String(value)])).toString()
  return JSON.stringify(nest(fields))
}

const bodyIn = (file: string) =>
  file === '-' ? readText(standardInput, 'standard input') : readText(file, `--input: ${file}`)

interface Document {
  readonly data?: unknown
  readonly included?: readonly unknown[]
  readonly meta?: { readonly pagination?: { readonly 'next-page'?: unknown; readonly 'total-count'?: unknown } }
}

/** Reads all pages. Returns one document with all records and without pagination. */
async function readPages(client: Client, request: (url: string) => Promise<ApiResponse>, first: string) {
  const progress = progressOnStderr()
  const [data, included]: [unknown[], unknown[]] = [[], []]
  let number: unknown = null
  do {
    const response = await request(number === null ? first : pageOf(first, String(number)))
    if (response.status >= 400) throw client.refusedBy(response)
    const document = parse(response.text) as Document | undefined
    if (!Array.isArray(document?.data)) throw new WrongUsage('--paginate: the response is not a list')
    data.push(...document.data)
    included.push(...(document.included ?? []))
    const next = document.meta?.pagination?.['next-page']
    progress.update(`${data.length} of ${document.meta?.pagination?.['total-count']}`)
    // Stops if a server returns pages endlessly.
    number = typeof next === 'number' && next > Number(number ?? 0) ? next : null
  } while (number !== null)
  progress.end()
  return included.length > 0 ? { data, included } : { data }
}

function pageOf(path: string, number: string): string {
  const [bare = '', query] = path.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.set('page[number]', number)
  return `${bare}?${parameters}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function printHead({ status, statusText, headers }: ApiResponse): void {
  const lines = [`HTTP ${status} ${statusText}`, ...[...headers].map(([name, value]) => `${name}: ${value}`)]
  process.stdout.write(`${lines.map(plain).join('\n')}\n\n`)
}

/** JSON is formatted. A terminal gets no control characters; other outputs get other text unchanged. */
function printBody({ text }: ApiResponse): void {
  if (text === '') return
  const value = parse(text)
  if (value !== undefined) printJson(value)
  else process.stdout.write(process.stdout.isTTY ? `${text.split('\n').map(plain).join('\n')}\n` : text)
}

/** Example requests of an operation: a minimal body, and the request for curl, the CLI and TypeScript. */
import * as contract from '@mintmark/contract'
import { allOperations, basePath, camel, idOf, type Operation } from '@mintmark/contract'
import type { ApiOperation, Schema } from './api-operations.ts'
import { exampleId, exampleValue } from './example-values.ts'

/** Optional members that make an example useful, by the type of the resource. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  'access-policies': ['account', 'service-account', 'roles'],
  'access-tokens': ['name', 'expires-in'],
  roles: ['permissions'],
  users: ['email'],
  vars: ['value', 'account'],
  webhooks: ['kinds'],
}

/** Returns the required members, useful optional ones, and at least one. */
export function exampleBody({ body }: ApiOperation): unknown {
  if (!body) return undefined
  const data = body.schema.properties?.['data']
  if (!data?.properties?.['type'])
    return body.schema.properties ? minimal(body.schema, [], 1) : exampleValue('', body.schema)
  const type = String(data.properties['type'].enum?.[0])
  const { attributes, relationships } = data.properties
  const sentAttributes = attributes ? minimal(attributes, wanted[type] ?? [], 0) : {}
  const sentRelationships = relationships ? minimal(relationships, wanted[type] ?? [], 0) : {}
  const isEmpty = Object.keys({ ...sentAttributes, ...sentRelationships }).length === 0
  const shown = isEmpty && attributes ? minimal(attributes, [], 1) : sentAttributes
  return {
    data: {
      type,
      attributes: shown,
      ...(Object.keys(sentRelationships).length > 0 ? { relationships: sentRelationships } : {}),
    },
  }
}

function minimal({ properties = {}, required = [] }: Schema, also: readonly string[], least: number) {
  const entries = Object.entries(properties)
  const chosen = entries.filter(([name]) => required.includes(name) || also.includes(name))
  return Object.fromEntries(
    (chosen.length < least ? entries.slice(0, least) : chosen).map(([name, schema]) => [
      name,
      exampleValue(name, schema),
    ]),
  )
}

interface Example {
  readonly language: 'curl' | 'CLI' | 'TypeScript'
  readonly text: string
}

export function exampleRequests(operation: ApiOperation): Example[] {
  const curl: Example = { language: 'curl', text: withCurl(operation) }
  if (operation.auth === 'session' || operation.auth === 'client') return [curl]
  const typescript: Example = { language: 'TypeScript', text: withClient(operation) ?? withFetch(operation) }
  return operation.auth === 'token'
    ? [curl, { language: 'CLI', text: withCli(operation) }, typescript]
    : [curl, typescript]
}

/** The path with example IDs, which are those of the type that the parameter names. */
const examplePath = (path: string): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(exampleParameter(name)))

function exampleParameter(name: string): string {
  const of = contract.resources.find(({ param }) => param === name)
  return of ? exampleId(of.type) : 'example'
}

const isForm = ({ body }: ApiOperation) => body?.type === 'application/x-www-form-urlencoded'
const json = (value: unknown) => JSON.stringify(value, null, 2)
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
const members = (body: unknown) => Object.entries(body as Record<string, unknown>)

function withCurl(operation: ApiOperation): string {
  const { method, path, body, auth } = operation
  const value = exampleBody(operation)
  const data = body
    ? isForm(operation)
      ? members(value).map(([name, member]) => `--data-urlencode ${quoted(`${name}=${member}`)}`)
      : [`-H 'Content-Type: ${body.type}'`, `-d ${quoted(typeof value === 'string' ? value : json(value))}`]
    : []
  const authorization = {
    token: ['-H "Authorization: Bearer $MINTMARK_TOKEN"'],
    session: ["-H 'X-Mintmark-Console: 1'", '-b "__Host-mintmark=$SESSION"'],
    client: ['-H "Authorization: Bearer $SECRET"'],
    none: [],
  }[auth]
  const start = `curl ${method === 'GET' ? '' : `-X ${method} `}"$MINTMARK_HOST${examplePath(path)}"`
  return [start, ...authorization, ...data].join(' \\\n  ')
}

function withCli(operation: ApiOperation): string {
  const { method, path } = operation
  const value = exampleBody(operation)
  const example = examplePath(path)
  const address = example.startsWith(`${basePath}/`) ? example.slice(basePath.length + 1) : example
  const start = ['mintmark api', ...(method === 'GET' ? [] : ['-X', method]), address].join(' ')
  if (value === undefined) return start
  if (isForm(operation))
    return [
      start,
      "-H 'Content-Type: application/x-www-form-urlencoded'",
      ...members(value).map(([name, member]) => `-f ${quoted(`${name}=${member}`)}`),
    ].join(' \\\n  ')
  return `${start} --input - <<'EOF'\n${json(value)}\nEOF`
}

const declared = new Map(allOperations.map((operation) => [operation.id, operation]))

/** Undefined if the typed client does not cover the operation. */
function withClient(operation: ApiOperation): string | undefined {
  const found = declared.get(operation.id)
  const name = found && Object.entries(contract).find(([, value]) => value === found.resource)?.[0]
  if (!found || !name || found.kind.endsWith('-members')) return undefined
  const path = Object.fromEntries(
    [...found.path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => [camel(parameter), exampleParameter(parameter)]),
  )
  const input = inputOf(found, exampleBody(operation))
  const options = { ...(Object.keys(path).length > 0 ? { path } : {}), ...(input ? { input } : {}) }
  const argument = Object.keys(options).length > 0 ? `, ${literal(options)}` : ''
  const call = `client.call(${name}, '${found.name}'${argument})`
  const result =
    found.kind === 'list'
      ? `const { records } = await ${call}`
      : found.status === 204
        ? `await ${call}`
        : `const record = await ${call}`
  return `import { connect } from '@mintmark/client'
import { ${name} } from '@mintmark/contract'

const { MINTMARK_HOST: address = '', MINTMARK_TOKEN: token = '' } = process.env
const client = connect({ address, token })
${result}`
}

/** The plain values from which the client builds the document. */
function inputOf({ inputDocument, body, resource }: Operation, value: unknown): object | undefined {
  if (value === undefined) return undefined
  if (body) return camelCased(value) as object
  const { attributes = {}, relationships = {} } = (value as { data: Record<string, Record<string, unknown>> }).data
  const related = Object.entries(relationships).map(([name, linkage]) => {
    const { data } = linkage as { data: { id: string } | { id: string }[] }
    const relation = (inputDocument ?? resource).relations[camel(name)]
    return relation?.many
      ? [camel(name), [data].flat().map(({ id }) => id)]
      : [idOf(camel(name)), (data as { id: string }).id]
  })
  return { ...(camelCased(attributes) as object), ...Object.fromEntries(related) }
}

function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [camel(name), camelCased(member)]))
}

/** A value as TypeScript source. */
const literal = (value: unknown): string =>
  json(value)
    .replace(/"((?:[^"\\]|\\.)*)"/g, (_, text: string) => `'${text.replaceAll("'", "\\'").replaceAll('\\"', '"')}'`)
    .replace(/^(\s*)'([A-Za-z_]\w*)':/gm, '$1$2:')

function withFetch(operation: ApiOperation): string {
  const { method, path, body, auth } = operation
  const value = exampleBody(operation)
  const headers = [
    ...(auth === 'token' ? ["    authorization: 'Bearer ' + process.env['MINTMARK_TOKEN'],"] : []),
    ...(body ? [`    'content-type': '${body.type}',`] : []),
  ]
  const sent = () =>
    isForm(operation) ? `new URLSearchParams(${literal(value)})` : `JSON.stringify(${literal(value)})`
  const lines = [
    ...(method === 'GET' ? [] : [`  method: '${method}',`]),
    ...(headers.length > 0 ? ['  headers: {', ...headers, '  },'] : []),
    ...(value === undefined ? [] : [`  body: ${sent().replaceAll('\n', '\n  ')},`]),
  ]
  const options = lines.length > 0 ? `, {\n${lines.join('\n')}\n}` : ''
  return `const response = await fetch(\`\${process.env['MINTMARK_HOST']}${examplePath(path)}\`${options})`
}

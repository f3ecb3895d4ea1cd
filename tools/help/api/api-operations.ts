/** Reads the operations of both OpenAPI documents into one list. */
import { basePath, endpointOpenApi, openApi } from '@mintmark/contract'

export interface Schema {
  readonly type?: string
  readonly description?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly nullable?: boolean
  readonly readOnly?: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly $ref?: string
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly description: string
  readonly schema: Schema
}

export interface ApiResponse {
  readonly status: string
  readonly description: string
  readonly type: string | undefined
  readonly schema: Schema | undefined
}

export interface ApiOperation {
  readonly id: string
  readonly group: string
  readonly summary: string
  readonly description: string
  readonly method: string
  /** With the base path. */
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body: { readonly type: string; readonly schema: Schema } | undefined
  readonly responses: readonly ApiResponse[]
  /** How callers authenticate. `none`: not at all, or by a signature. */
  readonly auth: 'token' | 'session' | 'client' | 'none'
}

export interface ApiGroup {
  readonly name: string
  readonly about: string
  readonly operations: readonly ApiOperation[]
}

interface Raw {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<Record<string, RawResponse>>
  readonly security?: readonly Readonly<Record<string, unknown>>[]
}

interface RawResponse {
  readonly description?: string
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
}

interface RawDocument {
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Raw>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const documents = [
  { document: openApi() as unknown as RawDocument, prefix: basePath },
  { document: endpointOpenApi() as unknown as RawDocument, prefix: '' },
]

/** Groups without operations are left out. */
export function apiGroups(): ApiGroup[] {
  const operations = documents.flatMap(({ document, prefix }) =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, raw]) => operationOf(method, prefix + path, raw)),
    ),
  )
  const groups = new Map(documents.flatMap(({ document }) => document.tags.map((tag) => [tag.name, tag.description])))
  return [...groups]
    .map(([name, about]) => ({ name, about, operations: operations.filter(({ group }) => group === name) }))
    .filter((group) => group.operations.length > 0)
}

function operationOf(method: string, path: string, raw: Raw): ApiOperation {
  const [body] = Object.entries(raw.requestBody?.content ?? {})
  const [scheme = 'token'] = (raw.security ?? [{ token: [] }]).flatMap((each) => Object.keys(each))
  const isOpen = raw.security !== undefined && raw.security.length === 0
  return {
    id: raw.operationId,
    group: raw.tags[0] ?? '',
    // The description starts with the same sentence and continues.
    summary: raw.summary.replace(/\.\s[\s\S]*/, ''),
    description: raw.description,
    method: method.toUpperCase(),
    path,
    parameters: raw.parameters ?? [],
    body: body && { type: body[0], schema: body[1].schema },
    responses: Object.entries(raw.responses)
      .filter(([status]) => /^[23]/.test(status))
      .map(([status, { description = '', content = {} }]) => {
        const [first] = Object.entries(content)
        return { status, description, type: first?.[0], schema: first?.[1].schema }
      }),
    auth: isOpen ? 'none' : (scheme as ApiOperation['auth']),
  }
}

/** Follows a reference to a schema of either document. */
export function resolved(schema: Schema): Schema {
  if (!schema.$ref) return schema
  const name = schema.$ref.split('/').at(-1) ?? ''
  const found = documents.map(({ document }) => document.components.schemas[name]).find(Boolean)
  if (!found) throw new Error(`${schema.$ref} is not declared`)
  return found
}

/** The requirements of Scalr's CLI, which builds its commands from this document. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { basePath, openApi, openApiDocument } from './index.ts'

type Schema = {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly readOnly?: boolean
  readonly default?: unknown
  readonly nullable?: boolean
}
type Parameter = { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }
type Described = {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly 'x-resource'?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly $ref?: string }>>
}

const document = openApi() as unknown as {
  readonly openapi: string
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
}
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
)
const bodies = operations.flatMap(({ operation }) =>
  Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => ({ id: operation.operationId, schema })),
)

test("the document has the version, server and operations that Scalr's CLI requires", () => {
  assert.match(document.openapi, /^3\.0\.\d$/)
  assert.equal(document.servers[0]?.url, `https://{Domain}${basePath}`)
  const ids = operations.map(({ operation }) => operation.operationId)
  for (const alias of ['get_workspaces', 'list_environments', 'ping']) assert.ok(ids.includes(alias), alias)
  assert.doesNotThrow(() => JSON.parse(openApiDocument()))
})

test('operation IDs are unique and in snake_case, and paths are unique without parameter names', () => {
  const ids = operations.map(({ operation }) => operation.operationId)
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids) assert.match(id, /^[a-z]+(_[a-z]+)*$/)
  const normalized = Object.keys(document.paths).map((path) => path.replace(/\{\w+\}/g, '{}'))
  assert.equal(new Set(normalized).size, normalized.length)
  for (const path of Object.keys(document.paths)) assert.match(path, /^\//)
})

describe('every operation', () => {
  test('declares exactly the parameters of its path, as required', () => {
    for (const item of Object.values(document.paths)) assert.equal('parameters' in item, false)
    for (const { path, operation } of operations) {
      const declared = (operation.parameters ?? []).filter((each) => each.in === 'path')
      assert.deepEqual(
        declared.map(({ name }) => name).toSorted(),
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted(),
        path,
      )
      assert.ok(declared.every(({ required }) => required))
    }
  })

  test('has query parameters of simple types with unique names', () => {
    for (const { operation } of operations) {
      const query = (operation.parameters ?? []).filter((each) => each.in === 'query')
      assert.equal(new Set(query.map(({ name }) => name)).size, query.length, operation.operationId)
      for (const { schema } of query) assert.ok(['string', 'boolean', 'integer', 'array'].includes(schema.type ?? ''))
    }
  })

  test('has at most one request media type, and a tag', () => {
    for (const { operation } of operations) {
      assert.ok(Object.keys(operation.requestBody?.content ?? { one: 1 }).length === 1, operation.operationId)
      assert.ok(operation.tags.length > 0 && operation.summary.length > 5)
      if (operation['x-resource']) assert.match(operation['x-resource'], /^[A-Z][A-Za-z]+$/)
    }
  })

  test('describes its responses', () => {
    for (const { operation } of operations) {
      for (const response of Object.values(operation.responses))
        assert.ok(response.description || response.$ref, operation.operationId)
      assert.ok(Object.keys(operation.responses).some((status) => status.startsWith('2')))
    }
  })
})

describe('every body', () => {
  test('has direct properties and arrays with typed items, and requires only declared properties', () => {
    for (const { id, schema } of bodies) {
      walk(schema, (each, at) => {
        const place = `${id} ${at}`
        for (const word of ['$ref', 'allOf', 'oneOf', 'anyOf', 'not']) assert.equal(word in each, false, place)
        assert.ok(each.type, place)
        if (each.type === 'array') assert.ok(each.items?.type, place)
        for (const name of each.required ?? [])
          assert.ok(each.properties && name in each.properties, `${place} requires ${name}`)
        if (each.default !== undefined && each.enum) assert.ok(each.enum.includes(each.default), place)
      })
    }
  })

  test('of a resource document requires data and its type, and has no read-only properties', () => {
    for (const { operation } of operations) {
      const schema = operation.requestBody?.content['application/vnd.api+json']?.schema
      if (!schema) continue
      assert.ok(schema.required?.includes('data'), operation.operationId)
      const data = schema.properties?.['data'] as Schema
      if (data.type === 'array') continue
      assert.ok(data.required?.includes('type'))
      assert.equal(data.properties?.['type']?.enum?.length, 1)
      walk(schema, (each) => assert.equal(each.readOnly, undefined))
    }
  })

  test('identifies related resources by ID and type', () => {
    for (const { id, schema } of bodies) {
      const related = Object.entries(schema.properties?.['data']?.properties?.['relationships']?.properties ?? {})
      for (const [name, { properties }] of related) {
        const data = properties?.['data'] as Schema
        const identifier = data.type === 'array' ? (data.items as Schema) : data
        assert.deepEqual(Object.keys(identifier.properties ?? {}).toSorted(), ['id', 'type'], `${id} ${name}`)
        assert.equal(identifier.properties?.['type']?.enum?.length, 1)
      }
    }
  })

  test('results in a unique CLI flag for each value', () => {
    for (const { id, schema } of bodies) {
      const flags: string[] = []
      const collect = (each: Schema, name: string): void => {
        if (each.type === 'object' && each.properties)
          for (const [inner, property] of Object.entries(each.properties))
            collect(property, name ? `${name}-${inner}` : inner)
        else if (each.items?.properties?.['id']) flags.push(`${name}-id`)
        else if (!name.endsWith('-type')) flags.push(name)
      }
      collect(schema, '')
      const cut = flags.map((flag) =>
        flag.replace(/^data-attributes-|^data-relationships-/, '').replace('-data-id', '-id'),
      )
      assert.equal(new Set(cut).size, cut.length, `${id}: ${cut.join(' ')}`)
    }
  })
})

function walk(schema: Schema, see: (schema: Schema, at: string) => void, at = ''): void {
  see(schema, at)
  for (const [name, property] of Object.entries(schema.properties ?? {})) walk(property, see, `${at}/${name}`)
  if (schema.items) walk(schema.items, see, `${at}/items`)
}

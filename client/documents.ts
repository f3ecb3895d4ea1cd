/** Converts plain values to JSON:API documents and back. */
import { type Attributes, camel, idOf, type JsonSchema, kebab, type Relations, type Resource } from '@mintmark/contract'
import type { Found } from './calls.ts'

interface Shape {
  readonly type: string
  readonly attributes: Attributes
  readonly relations: Relations
}

type Values = Readonly<Record<string, unknown>>

/** Builds a document from the values that are defined. Members that are not declared are omitted. */
export function documentOf({ type, attributes, relations }: Shape, input: Values): object {
  const related = Object.entries(relations).flatMap(([name, { to, many }]) => {
    const given = input[many ? name : idOf(name)]
    const identifier = (id: unknown) => ({ type: to, id })
    if (given === undefined) return []
    const data = many ? (given as string[]).map(identifier) : given === null ? null : identifier(given)
    return [[kebab(name), { data }]]
  })
  return { data: { type, attributes: bodyValuesOf(attributes, input), relationships: Object.fromEntries(related) } }
}

/** Builds the body of an action. */
export function bodyValuesOf(attributes: Attributes, input: Values): Values {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { schema }]) =>
      input[name] === undefined ? [] : [[kebab(name), convertNames(input[name], schema, kebab)]],
    ),
  )
}

/** Reads a record from a response. Returns undefined if it has another type. */
export function recordOf(resource: Resource, data: unknown): Found | undefined {
  const { type, id, attributes, relationships } = asObject(data)
  if (type !== resource.type || typeof id !== 'string') return undefined
  const record: Record<string, unknown> = { id }
  for (const [name, { schema }] of Object.entries(resource.attributes)) {
    const value = own(attributes, kebab(name))
    if (value !== undefined) record[name] = convertNames(value, schema, camel)
  }
  for (const [name, { many }] of Object.entries(resource.relations)) {
    const linkage = own(own(relationships, kebab(name)), 'data')
    if (linkage === undefined) continue
    if (many) record[name] = Array.isArray(linkage) ? linkage.map((each) => own(each, 'id')) : []
    else record[idOf(name)] = linkage === null ? null : own(linkage, 'id')
  }
  return record as Found
}

/** Converts the names of declared members. Other members are data and stay as they are. */
function convertNames(value: unknown, schema: JsonSchema, convert: (name: string) => string): unknown {
  if (Array.isArray(value)) {
    const items = (schema['items'] ?? {}) as JsonSchema
    return value.map((each) => convertNames(each, items, convert))
  }
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>> | undefined
  if (!properties || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      convert(name),
      convertNames(member, properties[kebab(name)] ?? {}, convert),
    ]),
  )
}

const asObject = (value: unknown): Values => (typeof value === 'object' && value !== null ? (value as Values) : {})

function own(value: unknown, name: string): unknown {
  const object = asObject(value)
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** Plain values out as JSON:API documents, and documents in as plain values. */
import { type Attributes, camel, idOf, type JsonSchema, kebab, type Relations, type Resource } from '@mintmark/contract'
import type { Found } from './calls.ts'

interface Shape {
  readonly type: string
  readonly attributes: Attributes
  readonly relations: Relations
}

type Values = Readonly<Record<string, unknown>>

/** What is not in the wish is not sent; what the shape does not know is left out. */
export function documentOf({ type, attributes, relations }: Shape, wish: Values): object {
  const related = Object.entries(relations).flatMap(([name, { to, many }]) => {
    const given = wish[many ? name : idOf(name)]
    const identifier = (id: unknown) => ({ type: to, id })
    if (given === undefined) return []
    const data = many ? (given as string[]).map(identifier) : given === null ? null : identifier(given)
    return [[kebab(name), { data }]]
  })
  return { data: { type, attributes: plainOf(attributes, wish), relationships: Object.fromEntries(related) } }
}

/** The members of an action's body. */
export function plainOf(attributes: Attributes, wish: Values): Values {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { schema }]) =>
      wish[name] === undefined ? [] : [[kebab(name), respelled(wish[name], schema, kebab)]],
    ),
  )
}

/** One record of an answer; undefined when it is none of this type. */
export function recordOf(resource: Resource, data: unknown): Found | undefined {
  const { type, id, attributes, relationships } = asObject(data)
  if (type !== resource.type || typeof id !== 'string') return undefined
  const record: Record<string, unknown> = { id }
  for (const [name, { schema }] of Object.entries(resource.attributes)) {
    const value = own(attributes, kebab(name))
    if (value !== undefined) record[name] = respelled(value, schema, camel)
  }
  for (const [name, { many }] of Object.entries(resource.relations)) {
    const linkage = own(own(relationships, kebab(name)), 'data')
    if (linkage === undefined) continue
    if (many) record[name] = Array.isArray(linkage) ? linkage.map((each) => own(each, 'id')) : []
    else record[idOf(name)] = linkage === null ? null : own(linkage, 'id')
  }
  return record as Found
}

/** Members of declared objects change their spelling, whatever else is in them is data and does not. */
function respelled(value: unknown, schema: JsonSchema, spell: (name: string) => string): unknown {
  if (Array.isArray(value)) {
    const items = (schema.items ?? {}) as JsonSchema
    return value.map((each) => respelled(each, items, spell))
  }
  const properties = schema.properties as Readonly<Record<string, JsonSchema>> | undefined
  if (!properties || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      spell(name),
      respelled(member, properties[kebab(name)] ?? {}, spell),
    ]),
  )
}

const asObject = (value: unknown): Values => (typeof value === 'object' && value !== null ? (value as Values) : {})

function own(value: unknown, name: string): unknown {
  const object = asObject(value)
  return Object.hasOwn(object, name) ? object[name] : undefined
}

import { idOf, kebab, type Resource } from '@mintmark/contract'

/** A record as programs get it: flat, the members spelled as on the wire, ids for relations. */
export function wire(resource: Resource, record: object): Record<string, unknown> {
  const values = record as Readonly<Record<string, unknown>>
  const attributes = Object.keys(resource.attributes).map((name) => [kebab(name), values[name]])
  const relations = Object.entries(resource.relations).map(([name, { many }]) => [
    kebab(name),
    values[many ? name : idOf(name)],
  ])
  const told = [...attributes, ...relations].filter(([, value]) => value !== undefined)
  return { id: values.id, ...Object.fromEntries(told) }
}

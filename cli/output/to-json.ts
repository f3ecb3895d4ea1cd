import { idOf, kebab, type Resource } from '@mintmark/contract'

/** A record for `--json`: flat, with the names of the API and IDs for relations. */
export function toJson(resource: Resource, record: object): Record<string, unknown> {
  const values = record as Readonly<Record<string, unknown>>
  const attributes = Object.keys(resource.attributes).map((name) => [kebab(name), values[name]])
  const relations = Object.entries(resource.relations).map(([name, { many }]) => [
    kebab(name),
    values[many ? name : idOf(name)],
  ])
  const present = [...attributes, ...relations].filter(([, value]) => value !== undefined)
  return { id: values['id'], ...Object.fromEntries(present) }
}

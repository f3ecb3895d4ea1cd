/** Attributes and relations of records as text for people: labels, values and table columns. */
import { idOf, kebab, type Resource } from '@mintmark/contract'
import { when } from './print.ts'

/** An attribute or relation, or the first of several that has a value. */
export type Column = string | { readonly label: string; readonly of: readonly string[] }

type Values = Readonly<Record<string, unknown>>

const abbreviations = ['hcl', 'id', 'url', 'vcs']

/** `last used` for `lastUsedAt`, `owner ID` for `ownerId`. */
const labelOf = (name: string): string =>
  kebab(name)
    .replace(/-at$/, '')
    .split('-')
    .map((word) => (abbreviations.includes(word) ? word.toUpperCase() : word))
    .join(' ')

/** `Last used`. */
export const titleOf = (name: string): string => labelOf(name).replace(/^./, (letter) => letter.toUpperCase())

/** The value of an attribute, or the ID or IDs of a relation. Undefined if the response does not contain it. */
function fieldValue({ relations }: Resource, record: object, name: string): unknown {
  const relation = relations[name]
  return (record as Values)[relation && !relation.many ? idOf(name) : name]
}

/** One line of text. A time that is not set is `never`; other missing values are undefined. */
export function textOf(resource: Resource, record: object, name: string): string | undefined {
  const value = fieldValue(resource, record, name)
  if (value === undefined) return undefined
  if (resource.attributes[name]?.schema['format'] === 'date-time') return when(value as string | null, 'never')
  if (value === null || value === '') return undefined
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length > 0 ? value.map(partText).join(', ') : undefined
  return partText(value)
}

const partText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

export const columnLabel = (column: Column): string => (typeof column === 'string' ? labelOf(column) : column.label)

export function columnText(resource: Resource, record: object, column: Column): string | undefined {
  if (typeof column === 'string') return textOf(resource, record, column)
  return column.of.map((name) => textOf(resource, record, name)).find((text) => text !== undefined)
}

/** The names of all members of a record in JSON, in the order of `toJson`. */
export const jsonFields = ({ attributes, relations }: Resource): string[] => [
  'id',
  ...[...Object.keys(attributes), ...Object.keys(relations)].map(kebab),
]

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

/** Names by ID. */
type Names = ReadonlyMap<string, string>

const noNames: Names = new Map()

/** One line of text. A time that is not set is `never`; other missing values are undefined. Related records are shown by name, if it is known. */
export function textOf(resource: Resource, record: object, name: string, names: Names = noNames): string | undefined {
  const value = fieldValue(resource, record, name)
  if (value === undefined) return undefined
  if (resource.attributes[name]?.schema['format'] === 'date-time') return when(value as string | null, 'never')
  if (value === null || value === '') return undefined
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  const nameOf = (part: unknown) => (name in resource.relations ? names.get(String(part)) : undefined) ?? partText(part)
  if (Array.isArray(value)) return value.length > 0 ? value.map(nameOf).join(', ') : undefined
  return nameOf(value)
}

const partText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

export const columnLabel = (column: Column): string => (typeof column === 'string' ? labelOf(column) : column.label)

/** In a column of several relations, a name follows the relation, such as `environment production`. */
export function columnText(
  resource: Resource,
  record: object,
  column: Column,
  names: Names = noNames,
): string | undefined {
  if (typeof column === 'string') return textOf(resource, record, column, names)
  const name = column.of.find((each) => textOf(resource, record, each) !== undefined)
  if (name === undefined) return undefined
  const [id, text] = [textOf(resource, record, name), textOf(resource, record, name, names)]
  return text === id ? id : `${labelOf(name)} ${text}`
}

export const membersOf = (column: Column): readonly string[] => (typeof column === 'string' ? [column] : column.of)

/** The names of all members of a record in JSON, in the order of `toJson`. */
export const jsonFields = ({ attributes, relations }: Resource): string[] => [
  'id',
  ...[...Object.keys(attributes), ...Object.keys(relations)].map(kebab),
]

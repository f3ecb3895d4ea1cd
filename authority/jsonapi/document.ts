/** Serializes plain records as JSON:API resource objects. */
import { basePath, idOf, kebab, limits, type Resource } from '@mintmark/contract'
import type { AnyRecord } from '../database/views/record-of.ts'

export interface Identifier {
  readonly type: string
  readonly id: string
}

export interface ResourceObject extends Identifier {
  readonly attributes: Record<string, unknown>
  readonly relationships?: Record<string, { data: Identifier | Identifier[] | null }>
  readonly links: Record<string, string>
}

/** Placeholder for a secret until the response is sent as bytes. No attribute may contain NUL. */
export const secretPlace = '\u0000secret\u0000'

interface Member {
  readonly name: string
  readonly wire: string
}

interface Spelled {
  readonly attributes: readonly (Member & { shownOnce: boolean })[]
  readonly relations: readonly (Member & { key: string; to: string; many: boolean; alwaysEmpty: boolean })[]
  readonly path: string | null
}

const spelled = new WeakMap<Resource, Spelled>()

/** Wire names are computed once, not for each object. */
function spell(resource: Resource): Spelled {
  const known = spelled.get(resource)
  if (known) return known
  const made: Spelled = {
    attributes: Object.entries(resource.attributes)
      .filter(([, attribute]) => !attribute.writeOnly)
      .map(([name, { shownOnce }]) => ({ name, wire: kebab(name), shownOnce })),
    relations: Object.entries(resource.relations)
      .filter(([, relation]) => !relation.writeOnly)
      .map(([name, { to, many, alwaysEmpty }]) => ({
        name,
        wire: kebab(name),
        key: many ? name : idOf(name),
        to,
        many,
        alwaysEmpty,
      })),
    path:
      resource.operations['show']?.path === undefined &&
      resource.operations['show']?.singleton !== true &&
      resource.operations['show']
        ? `${basePath}/${resource.type}/`
        : null,
  }
  spelled.set(resource, made)
  return made
}

/** `omitted`: relationships to leave out, so that included objects have no cycles. */
export function resourceObject(
  resource: Resource,
  record: AnyRecord,
  fields?: ReadonlySet<string>,
  omitted?: ReadonlySet<string>,
): ResourceObject {
  const { attributes, relations, path } = spell(resource)
  const shown: Record<string, unknown> = {}
  for (const { name, wire, shownOnce } of attributes) {
    if (fields && !fields.has(name)) continue
    if (shownOnce && record[name] === undefined) continue
    shown[wire] = record[name] ?? null
  }
  const related: Record<string, { data: Identifier | Identifier[] | null }> = {}
  for (const relation of relations) {
    if ((fields && !fields.has(relation.name)) || omitted?.has(relation.name)) continue
    related[relation.wire] = { data: linkage(relation, record) }
  }
  const links: Record<string, string> = path === null ? {} : { self: path + encodeURIComponent(record.id) }
  return { type: resource.type, id: record.id, attributes: shown, relationships: related, links }
}

function linkage(
  { key, to, many, alwaysEmpty }: Spelled['relations'][number],
  record: AnyRecord,
): Identifier | Identifier[] | null {
  if (many) return alwaysEmpty ? [] : idsAt(record, key).map((id) => ({ type: to, id }))
  const id = alwaysEmpty ? null : idAt(record, key)
  return id === null ? null : { type: to, id }
}

/** Returns the ID that a record has under a name such as `accountId`; null if there is none. */
export function idAt(record: AnyRecord, key: string): string | null {
  const id = record[key]
  return typeof id === 'string' ? id : null
}

/** Returns the IDs of a to-many relationship. */
export function idsAt(record: AnyRecord, relation: string): readonly string[] {
  const ids = record[relation]
  return Array.isArray(ids) ? ids : []
}

/** States that a search left out rows. */
export const searchMeta = (isCutOff: boolean) =>
  isCutOff ? { search: { 'is-complete': false, 'searched-rows': limits.searchedRows } } : {}

export function paginationMeta(page: { number: number; size: number }, total: number) {
  const pages = Math.max(1, Math.ceil(total / page.size))
  return {
    pagination: {
      'current-page': page.number,
      'page-size': page.size,
      'prev-page': page.number > 1 ? Math.min(page.number - 1, pages) : null,
      'next-page': page.number < pages ? page.number + 1 : null,
      'total-pages': pages,
      'total-count': total,
    },
  }
}

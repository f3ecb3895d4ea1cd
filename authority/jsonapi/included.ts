/** Builds the `included` part of a document: requested objects that the caller may see, each once, without cycles. */
import { idOf, type Resource, resourceByType } from '@mintmark/contract'
import type { AnyRecord } from '../database/views/record-of.ts'
import { idAt, idsAt, type ResourceObject, resourceObject } from './document.ts'
import type { Shape } from './query.ts'

/** Looks up records of a type that the caller may see. */
export type Lookup = (type: string, ids: readonly string[]) => Promise<readonly AnyRecord[]>

interface Node {
  readonly resource: Resource
  readonly record: AnyRecord
}

export async function includedObjects(
  primary: readonly AnyRecord[],
  of: Resource,
  shape: Shape,
  lookup: Lookup,
): Promise<ResourceObject[]> {
  const nodes = new Map<string, Node>()
  const own = new Set(primary.map(({ id }) => keyOf(of.type, id)))
  for (const path of shape.include) {
    let level: readonly AnyRecord[] = primary
    let resource: Resource | undefined = of
    for (const name of path) {
      if (!resource) break
      const target: Resource | undefined = resourceByType.get(resource.relations[name]?.to ?? '')
      level = target ? await related(level, resource, name, target, lookup) : []
      for (const record of target ? level : []) {
        const key = keyOf((target as Resource).type, record.id)
        if (!own.has(key)) nodes.set(key, { resource: target as Resource, record })
      }
      resource = target
    }
  }
  const omitted = backReferences(nodes)
  return [...nodes].map(([key, { resource, record }]) =>
    resourceObject(resource, record, shape.fields.get(resource.type), omitted.get(key)),
  )
}

async function related(
  from: readonly AnyRecord[],
  resource: Resource,
  name: string,
  target: Resource,
  lookup: Lookup,
): Promise<readonly AnyRecord[]> {
  const ids = new Set(from.flatMap((record) => idsOf(resource, name, record)))
  return ids.size > 0 ? lookup(target.type, [...ids]) : []
}

function idsOf(resource: Resource, name: string, record: AnyRecord): readonly string[] {
  const relation = resource.relations[name]
  if (!relation || relation.alwaysEmpty || relation.writeOnly) return []
  if (relation.many) return idsAt(record, name)
  const id = idAt(record, idOf(name))
  return id ? [id] : []
}

const keyOf = (type: string, id: string) => `${type} ${id}`

/**
 * Some existing clients resolve relationships of included objects recursively, so cycles would never end. Relationships
 * that lead back are left out.
 */
function backReferences(nodes: ReadonlyMap<string, Node>): Map<string, ReadonlySet<string>> {
  const omitted = new Map<string, Set<string>>()
  const state = new Map<string, 'open' | 'done'>()
  const walk = (key: string): void => {
    const node = nodes.get(key) as Node
    state.set(key, 'open')
    for (const [name, relation] of Object.entries(node.resource.relations)) {
      for (const id of idsOf(node.resource, name, node.record)) {
        const next = keyOf(relation.to, id)
        if (!nodes.has(next)) continue
        if (state.get(next) === 'open') omitted.set(key, (omitted.get(key) ?? new Set()).add(name))
        else if (!state.has(next) && !omitted.get(key)?.has(name)) walk(next)
      }
    }
    state.set(key, 'done')
  }
  for (const key of nodes.keys()) if (!state.has(key)) walk(key)
  return omitted
}

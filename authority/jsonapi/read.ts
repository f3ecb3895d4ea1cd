/** Serves lists and single objects, and finds the record that a path refers to. */
import { camel, idOf, limits, type Operation, permissionsIn, type Resource, resourceByType } from '@mintmark/contract'
import type { Context } from '../context.ts'
import type { Db } from '../database/database.ts'
import { eachRecord, findPage } from '../database/views/find-records.ts'
import type { AnyRecord } from '../database/views/record-of.ts'
import type { Filter } from '../database/views/resource-view.ts'
import {
  type Access,
  accessOf,
  assertMayAnywhere,
  forbidden,
  notFound,
  type ResourceViews,
  reachOf,
  readRule,
  requireRecord,
  visibleRecords,
} from './access.ts'
import { idsAt, paginationMeta, resourceObject, searchMeta } from './document.ts'
import { includedObjects } from './included.ts'
import type { Listed, OperationRequest, OperationResponse } from './mount.ts'
import { readListing, readShape, type Shape } from './query.ts'
import type { ServedResource } from './served-resource.ts'

export async function list(
  db: Db,
  views: ResourceViews,
  served: ServedResource,
  operation: Operation,
  request: OperationRequest,
): Promise<OperationResponse> {
  const { context } = request
  const { resource, view } = served
  const shape = readShape(request.query, resource)
  const { access, listing, reach } = await readScope(db, views, served, operation, request)
  const { filters } = listing
  const page = operation.unpaginated ? { number: 1, size: 100_000 } : listing.page
  const known = listing.search === null ? await served.countOf?.({ ...context, db }, { filters, reach }) : undefined
  const {
    records,
    total,
    isCutOff = false,
  } = await findPage(db, view, { ...listing, page }, reach, access.viewer, known)
  const data = records.map((record) => resourceObject(resource, record, shape.fields.get(resource.type)))
  const document = { data, ...(await included(access, views, resource, records, shape)) }
  return {
    status: operation.status,
    document: operation.unpaginated
      ? document
      : { ...document, meta: { ...paginationMeta(page, total), ...searchMeta(isCutOff) } },
  }
}

/** Yields all records of a list in batches, ignoring its page. Throws before the first batch. */
export async function everyPage(
  db: Db,
  views: ResourceViews,
  served: ServedResource,
  operation: Operation,
  request: OperationRequest,
): Promise<Listed> {
  const { access, listing, reach } = await readScope(db, views, served, operation, request)
  const { view } = served
  const ties = (view.order ?? ['t.created_at', 't.id']).map((column) => camel(column.replace('t.', '')))
  return { sort: listing.sort, ties, pages: eachRecord(db, view, listing, reach, access.viewer) }
}

/** Determines how a list is restricted: by the caller, by the path, and by visibility. */
async function readScope(
  db: Db,
  views: ResourceViews,
  served: ServedResource,
  operation: Operation,
  request: OperationRequest,
) {
  const { context, query } = request
  const { resource } = served
  const listing = readListing(query, operation)
  const access = accessOf(db, context.actor, context.world)
  const extra: Filter[] = []
  let reach = reachOf(access.rights, operation.permission)
  const parent = await parentOf(access, views, resource, operation, request)
  if (parent && operation.under) extra.push({ name: operation.under, operator: 'in', values: [parent.id] })
  else if (operation.permission === 'signed-in') extra.push(...(served.ownList?.(context) ?? []))
  else assertMayAnywhere(access.rights, operation.permission)
  if (parent || operation.permission === 'signed-in') reach = { ...reach, everything: true }
  return { access, listing: { ...listing, filters: [...listing.filters, ...extra] }, reach }
}

export async function show(
  db: Db,
  views: ResourceViews,
  served: ServedResource,
  operation: Operation,
  request: OperationRequest,
): Promise<OperationResponse> {
  const access = accessOf(db, request.context.actor, request.context.world)
  const shape = readShape(request.query, served.resource)
  await parentOf(access, views, served.resource, operation, request)
  const id = await idFrom(served, operation, { ...request.context, db }, request)
  const [record] = await visibleRecords(access, served.view, [id])
  assertRecordInPath(operation, request, served.resource, record)
  if (!record)
    throw operation.singleton ? forbidden(permissionsIn(operation.permission)[0]) : notFound(served.resource, id)
  return { status: operation.status, document: await single(access, views, served.resource, record, shape) }
}

export async function listMembers(
  db: Db,
  served: ServedResource,
  operation: Operation,
  request: OperationRequest,
): Promise<OperationResponse> {
  const access = accessOf(db, request.context.actor, request.context.world)
  const { page } = readListing(request.query, operation)
  const record = await requireRecord(
    access,
    served.view,
    served.resource,
    idInPath(request, served.resource),
    operation.permission,
  )
  const { name, to: type } = relationOf(operation)
  const ids = idsAt(record, name)
  const data = ids.slice((page.number - 1) * page.size, page.number * page.size).map((id) => ({ type, id }))
  return { status: 200, document: { data, meta: paginationMeta(page, ids.length) } }
}

export async function parentOf(
  access: Access,
  views: ResourceViews,
  resource: Resource,
  operation: Operation,
  request: OperationRequest,
): Promise<AnyRecord | undefined> {
  if (!operation.under) return undefined
  const type = resource.relations[operation.under]?.to ?? parentTypes[operation.under]
  const parent = resourceByType.get(type ?? '')
  const view = views.get(type ?? '')
  if (!parent || !view) throw new Error(`${operation.id} has a parent of no known type.`)
  const rule = operation.kind === 'list' || operation.kind === 'create' ? operation.permission : readRule(parent.type)
  return requireRecord(access, view, parent, idInPath(request, parent), rule)
}

/** Returns the ID in the path, `{team}` of `/teams/{team}`. */
function idInPath(request: OperationRequest, { param }: Resource): string {
  const id = request.params[param]
  if (id === undefined) throw new Error(`The path has no parameter ${param}.`)
  return id
}

/** Returns the relationship whose members an operation lists or changes, and the type of the members. */
export function relationOf({ id, relation, resource }: Operation): { name: string; to: string } {
  const declared = relation === undefined ? undefined : resource.relations[relation]
  if (relation === undefined || !declared) throw new Error(`${id} names no relation.`)
  return { name: relation, to: declared.to }
}

/** Parents that are not relationships on the wire. */
const parentTypes: Record<string, string> = {
  serviceAccount: 'service-accounts',
  agentPool: 'agent-pools',
  revokedAccessToken: 'revoked-access-tokens',
}

export async function idFrom(
  served: ServedResource,
  operation: Operation,
  context: Context,
  request: OperationRequest,
): Promise<string> {
  if (operation.singleton) return (await served.singleton?.(context)) ?? ''
  const id = idInPath(request, served.resource)
  return served.alias?.(context, id) ?? id
}

/** Throws unless the parent in a nested path is the record's parent. */
export function assertRecordInPath(
  operation: Operation,
  request: OperationRequest,
  resource: Resource,
  record: AnyRecord | undefined,
): void {
  if (!operation.under || !record) return
  const parent = request.params[resourceByType.get(parentTypes[operation.under] ?? '')?.param ?? '']
  if (record[idOf(operation.under)] !== parent) throw notFound(resource, record.id)
}

export async function single(
  access: Access,
  views: ResourceViews,
  resource: Resource,
  record: AnyRecord,
  shape: Shape,
) {
  const data = resourceObject(resource, record, shape.fields.get(resource.type))
  return { data, ...(await included(access, views, resource, [record], shape)) }
}

async function included(
  access: Access,
  views: ResourceViews,
  resource: Resource,
  records: readonly AnyRecord[],
  shape: Shape,
) {
  if (shape.include.length === 0) return {}
  const lookup = async (type: string, ids: readonly string[]) => {
    const view = views.get(type)
    return view ? visibleRecords(access, view, ids.slice(0, limits.relatedIds)) : []
  }
  return { included: await includedObjects(records, resource, shape, lookup) }
}

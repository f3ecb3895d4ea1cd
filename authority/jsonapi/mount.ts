/**
 * Derives an operation from each declaration: authorizes the caller, validates the request, runs the handler, and builds
 * the response.
 */
import { type Operation, operationsOf, type Resource, resourceByType } from '@mintmark/contract'
import type { Secret } from '@mintmark/token'
import { type Actor, type Context, Refusal } from '../context.ts'
import type { Database, Db } from '../database/database.ts'
import { refuseShortOfSpace } from '../database/disk-space.ts'
import { sharedWrites } from '../database/sharing/shared-writes.ts'
import { withSlowWork } from '../database/slow-work.ts'
import type { AnyRecord } from '../database/views/record-of.ts'
import type { Listing, ResourceView } from '../database/views/resource-view.ts'
import { type Access, accessOf, assertMayAnywhere, findRecord, type ResourceViews, requireRecord } from './access.ts'
import { auditWrite } from './audit-write.ts'
import { readDocument, readMembers, readPlain } from './body.ts'
import { secretPlace } from './document.ts'
import { readShape, type Shape } from './query.ts'
import { assertRecordInPath, everyPage, idFrom, list, listMembers, parentOf, relationOf, show, single } from './read.ts'
import { requireMembers, requireReferences } from './references.ts'
import { rejectTokens } from './reject-tokens.ts'
import { assertServed, type OperationResult, type ServedResource } from './served-resource.ts'

/** An authenticated request with parsed JSON. */
export interface OperationRequest {
  readonly context: Context
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: unknown
  /** Aborted when the client disconnects. Lists stop then, and throw its reason. */
  readonly signal: AbortSignal
}

export interface OperationResponse {
  readonly status: number
  readonly document?: unknown
  /** Replaces `secretPlace` in the document. */
  readonly secret?: Secret | undefined
}

export interface JsonApi {
  readonly database: Database
  readonly resources: readonly ServedResource[]
  /** Returns the caller with the rights that it has in this transaction. Throws a refusal if it is no longer valid. */
  currentActor(db: Db, actor: Actor, now: Date): Promise<Actor>
  /** Called after a write is durable. */
  afterWrite(): Promise<void>
}

export type Handle = (request: OperationRequest) => Promise<OperationResponse>

/** A complete list, in the order in which its view is read. `ties` order records with equal sort keys. */
export interface Listed {
  readonly sort: Listing['sort']
  readonly ties: readonly string[]
  readonly pages: AsyncGenerator<readonly AnyRecord[]>
}

export interface MountedOperation {
  readonly operation: Operation
  readonly handle: Handle
  /** Only for lists: returns the whole list instead of a page. */
  readonly listAll: (request: OperationRequest) => Promise<Listed>
}

/** Returns every declared operation with its handler. Throws if a view lacks declared SQL. */
export function mountOperations(jsonApi: JsonApi): MountedOperation[] {
  for (const served of jsonApi.resources) assertServed(served)
  const views: ResourceViews = new Map(jsonApi.resources.map(({ resource, view }) => [resource.type, view]))
  const mount: Mount = { ...jsonApi, views, share: sharedWrites(jsonApi.database) }
  return jsonApi.resources.flatMap((served) =>
    operationsOf(served.resource).map((operation) => ({
      operation,
      handle: handlerOf(mount, served, operation),
      listAll: (request) => everyPage(jsonApi.database.lists(request.signal), views, served, operation, request),
    })),
  )
}

interface Mount extends JsonApi {
  readonly views: ResourceViews
  readonly share: Database['write']
}

function handlerOf(mount: Mount, served: ServedResource, operation: Operation): Handle {
  const { database, views } = mount
  switch (operation.kind) {
    case 'list':
      return (request) => list(database.lists(request.signal), views, served, operation, request)
    case 'show':
      return (request) => show(database.read, views, served, operation, request)
    case 'list-members':
      return (request) => listMembers(database.read, served, operation, request)
    default:
      return served.sharing?.includes(operation.name)
        ? (request) => sharedWrite(mount, served, operation, request)
        : (request) => write(mount, served, operation, request)
  }
}

/** Performs a write in one transaction with its audit event, and responds after the commit. */
async function write(
  mount: Mount,
  served: ServedResource,
  operation: Operation,
  request: OperationRequest,
): Promise<OperationResponse> {
  const shape = readShape(request.query, returnedResource(operation))
  if (operation.status === 201) refuseShortOfSpace(mount.database)
  const response = await withSlowWork((slowResults) =>
    mount.database.write((db) => {
      const context: Context = { ...request.context, db, slowResults, auditedEvents: { rows: 0 } }
      return writeIn(mount, served, operation, { ...request, context }, shape)
    }),
  )
  await mount.afterWrite()
  return response
}

/**
 * The same in a transaction that other writes share, with the caller's rights as of that transaction. A refusal is a result there,
 * so that it does not roll back the others.
 */
async function sharedWrite(
  mount: Mount,
  served: ServedResource,
  operation: Operation,
  request: OperationRequest,
): Promise<OperationResponse> {
  const { database, share } = mount
  const { world, actor } = request.context
  const shape = readShape(request.query, returnedResource(operation))
  refuseShortOfSpace(database)
  const attempt = async (db: Db): Promise<OperationResponse | Refusal> => {
    const auditedEvents = { rows: 0 }
    try {
      const current = await mount.currentActor(db, actor, world.now())
      const context: Context = { ...request.context, db, actor: current, auditedEvents }
      return await writeIn(mount, served, operation, { ...request, context }, shape)
    } catch (error) {
      if (error instanceof Refusal && auditedEvents.rows === 0) return error
      throw error
    }
  }
  // Related objects take statements of their own, and a connection runs one at a time.
  const response = await (shape.include.length > 0 ? database.write(attempt) : share(attempt))
  if (response instanceof Refusal) throw response
  await mount.afterWrite()
  return response
}

/** Performs a write in the transaction of the context. */
async function writeIn(
  { views }: Mount,
  served: ServedResource,
  operation: Operation,
  request: OperationRequest,
  shape: Shape,
): Promise<OperationResponse> {
  const { context } = request
  const access = accessOf(context.db, context.actor, context.world)
  const { before, input, result } = await perform(access, views, served, operation, request)
  const returned = returnedResource(operation)
  const view = returned && (views.get(returned.type) as ResourceView)
  const after = view && result.id ? await findRecord(access, view, result.id) : undefined
  const record = before ?? after
  if (!record || (returned && !after)) throw new Error(`${operation.id} lost its own object`)
  await auditWrite(context, served, operation, { record, input, details: result })
  if (!returned || !after) return { status: operation.status }
  const [[name, secret] = []] = Object.entries(result.once ?? {})
  const shown = name === undefined ? after : { ...after, [name]: secretPlace }
  return { status: operation.status, document: await single(access, views, returned, shown, shape), secret }
}

function returnedResource(operation: Operation): Resource | undefined {
  const { returns, status, resource } = operation
  if (status === 204) return undefined
  return typeof returns === 'object' ? resourceByType.get(returns.type) : resource
}

type AnyHandler = (...given: unknown[]) => Promise<Partial<OperationResult> | undefined>

interface Performed {
  /** Undefined for a creation. */
  readonly before: AnyRecord | undefined
  readonly input: Readonly<Record<string, unknown>>
  readonly result: Partial<OperationResult>
}

async function perform(
  access: Access,
  views: ResourceViews,
  served: ServedResource,
  operation: Operation,
  request: OperationRequest,
): Promise<Performed> {
  const { context, body } = request
  const { resource, view } = served
  const { mark } = context.installation
  const handler = served.handlers[operation.name] as unknown as AnyHandler
  const parent = await parentOf(access, views, resource, operation, request)
  if (operation.kind === 'create') {
    if (typeof operation.permission === 'string' && operation.permission !== 'signed-in')
      assertMayAnywhere(access.rights, operation.permission)
    const { input, references } = readDocument(body, resource, 'create')
    rejectTokens(mark, resource.attributes, input, '/data/attributes')
    await requireReferences(access, views, references)
    // Handlers receive parents as `RecordInAccount`.
    if (parent && typeof parent['accountId'] !== 'string')
      throw new Error(`${operation.id} has a parent without account.`)
    return { before: undefined, input, result: (await handler(context, input, parent)) ?? {} }
  }
  const id = await idFrom(served, operation, context, request)
  const record = await requireRecord(access, view, resource, id, operation.permission)
  assertRecordInPath(operation, request, resource, record)
  if (operation.kind === 'remove') {
    await handler(context, record)
    return { before: record, input: {}, result: {} }
  }
  if (operation.kind === 'update') {
    const { input, references } = readDocument(body, resource, 'update')
    rejectTokens(mark, resource.attributes, input, '/data/attributes')
    await requireReferences(access, views, references)
    const result = await handler(context, record, input)
    return { before: record, input, result: { ...result, id: record.id } }
  }
  if (operation.relation !== undefined) {
    const { name, to } = relationOf(operation)
    const ids = readMembers(body, to)
    await requireMembers(access, views, to, ids)
    await handler(context, record, ids)
    return { before: record, input: { [name]: ids }, result: {} }
  }
  const input = await readInput(access, views, operation, body)
  rejectTokens(mark, operation.body ?? {}, input, '')
  const result = await handler(context, record, input, request.params)
  return { before: record, input, result: { id: record.id, ...result } }
}

async function readInput(
  access: Access,
  views: ResourceViews,
  operation: Operation,
  body: unknown,
): Promise<Record<string, unknown>> {
  if (!operation.inputDocument) return readPlain(operation.body ? body : undefined, operation.body ?? {})
  const { input, references } = readDocument(body, operation.inputDocument, 'create')
  await requireReferences(access, views, references)
  return input
}

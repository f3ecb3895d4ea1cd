/** Makes routes of declarations. Every operation passes here: who asks, is it well formed, may it be, do it, answer. */
import { type Operation, operationsOf, type Resource, resourceByType } from '@mintmark/contract'
import { mayAnywhere, type Secret } from '@mintmark/token'
import type { Context } from '../context.ts'
import type { Database, Db } from '../database/database.ts'
import { refuseShortOfSpace } from '../database/disk-space.ts'
import { findRecords, type Listing, type ResourceView, type StoredRecord } from '../database/resource-view.ts'
import { type SlowResults, withSlowWork } from '../database/slow-work.ts'
import { type Access, accessOf, forbidden, type ResourceViews, requireRecord } from './access.ts'
import { readDocument, readMembers, readPlain } from './body.ts'
import { type ResourceObject, secretPlace } from './document.ts'
import { refuseTokens } from './plain-sight.ts'
import { readShape } from './query.ts'
import { everyPage, idFrom, list, listMembers, parentOf, refuseStray, show, single } from './read.ts'
import { requireMembers, requireReferences } from './references.ts'
import type { OperationResult, ServedResource } from './served-resource.ts'

/** A request as the dialect sees it: authenticated, its JSON parsed. */
export interface OperationRequest {
  readonly context: Context
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: unknown
}

export interface OperationResponse {
  readonly status: number
  readonly document?: unknown
  /** What belongs where the document says `secretPlace`. */
  readonly secret?: Secret | undefined
}

export interface JsonApi {
  readonly database: Database
  readonly resources: readonly ServedResource[]
  /** Called when a deed is on disk. */
  afterWrite(): Promise<void>
}

export type Handle = (asked: OperationRequest) => Promise<OperationResponse>

/** A list as a whole, in the order of its ids. */
export interface Listed {
  /** In which order it was asked for. */
  readonly sort: Listing['sort']
  readonly pages: AsyncGenerator<readonly { readonly record: StoredRecord; readonly object: ResourceObject }[]>
}

export interface MountedOperation {
  readonly operation: Operation
  readonly handle: Handle
  /** Of a list: all of it. */
  readonly listAll: (asked: OperationRequest) => Promise<Listed>
}

/** Every declared operation with what answers it. Operations for anyone and plain ones are not among them. */
export function mountOperations(jsonApi: JsonApi): MountedOperation[] {
  const shelves: ResourceViews = new Map(jsonApi.resources.map(({ resource, shelf }) => [resource.type, shelf]))
  return jsonApi.resources.flatMap((noun) =>
    operationsOf(noun.resource)
      .filter(({ permission, answers }) => permission !== 'anyone' && answers !== 'plain')
      .map((operation) => ({
        operation,
        handle: handler(jsonApi, shelves, noun, operation),
        listAll: (asked) => everyPage(jsonApi.database.lists, shelves, noun, operation, asked),
      })),
  )
}

function handler(jsonApi: JsonApi, shelves: ResourceViews, noun: ServedResource, operation: Operation): Handle {
  switch (operation.kind) {
    case 'list':
      return (asked) => list(jsonApi.database.lists, shelves, noun, operation, asked)
    case 'show':
      return (asked) => show(jsonApi.database.read, shelves, noun, operation, asked)
    case 'list-members':
      return (asked) => listMembers(jsonApi.database.read, noun, operation, asked)
    default:
      return (asked) => write(jsonApi, shelves, noun, operation, asked)
  }
}

/** Everything that changes something: in one transaction with its audit row, answered when it is on disk. */
async function write(
  jsonApi: JsonApi,
  shelves: ResourceViews,
  noun: ServedResource,
  operation: Operation,
  asked: OperationRequest,
): Promise<OperationResponse> {
  const { database } = jsonApi
  const answering = answeringResource(operation)
  const shape = readShape(asked.query, answering)
  if (operation.status === 201) refuseShortOfSpace(database)
  const attempt = async (db: Db, slowResults: SlowResults): Promise<OperationResponse> => {
    const context: Context = { ...asked.context, db, slowResults, auditedEvents: { rows: 0 } }
    const access = accessOf(db, context.actor, context.world)
    const outcome = await perform(access, shelves, noun, operation, { ...asked, context })
    if (context.auditedEvents.rows === 0) throw new Error(`${operation.id} left no audit row`)
    if (!answering || !outcome) return { status: operation.status }
    const shelf = shelves.get(answering.type) as ResourceView
    const [record] = await findRecords(db, shelf, [outcome.id], access.viewer)
    if (!record) throw new Error(`${operation.id} lost its own object`)
    const [[name, secret] = []] = Object.entries(outcome.once ?? {})
    const shown = name === undefined ? record : { ...record, [name]: secretPlace }
    return { status: operation.status, document: await single(access, shelves, answering, shown, shape), secret }
  }
  const answer = await withSlowWork((slowResults) => database.write((db) => attempt(db, slowResults)))
  await jsonApi.afterWrite()
  return answer
}

function answeringResource(operation: Operation): Resource | undefined {
  const { answers, status, resource } = operation
  if (status === 204) return undefined
  return typeof answers === 'object' ? resourceByType.get(answers.type) : resource
}

type AnyVerb = (...given: unknown[]) => Promise<OperationResult | undefined>

async function perform(
  access: Access,
  shelves: ResourceViews,
  noun: ServedResource,
  operation: Operation,
  asked: OperationRequest,
): Promise<OperationResult | undefined> {
  const { context, body } = asked
  const { resource, shelf } = noun
  const { mark } = context.installation
  const verb = noun.verbs[operation.name] as unknown as AnyVerb
  const parent = await parentOf(access, shelves, resource, operation, asked)
  if (operation.kind === 'create') {
    if (
      typeof operation.permission === 'string' &&
      operation.permission !== 'signed-in' &&
      !mayAnywhere(access.rights, operation.permission)
    ) {
      throw forbidden(operation.permission)
    }
    const { wish, references } = readDocument(body, resource, 'create')
    refuseTokens(mark, resource.attributes, wish, '/data/attributes')
    await requireReferences(access, shelves, references)
    return (await verb(context, wish, parent)) as OperationResult
  }
  const id = await idFrom(noun, operation, context, asked)
  const record = await requireRecord(access, shelf, resource, id, operation.permission)
  refuseStray(operation, asked, resource, record)
  if (operation.kind === 'remove') {
    await verb(context, record)
    return undefined
  }
  if (operation.kind === 'update') {
    const { wish, references } = readDocument(body, resource, 'update')
    refuseTokens(mark, resource.attributes, wish, '/data/attributes')
    await requireReferences(access, shelves, references)
    await verb(context, record, wish)
    return { id: record.id }
  }
  if (operation.relation !== undefined) {
    const ids = readMembers(body, resource.relations[operation.relation]?.to as string)
    await requireMembers(access, shelves, resource.relations[operation.relation]?.to as string, ids)
    await verb(context, record, ids)
    return undefined
  }
  const taken = await readTaken(access, shelves, operation, body)
  refuseTokens(mark, operation.body ?? {}, taken, '')
  return ((await verb(context, record, taken, asked.params)) as OperationResult | undefined) ?? { id: record.id }
}

async function readTaken(
  access: Access,
  shelves: ResourceViews,
  operation: Operation,
  body: unknown,
): Promise<Record<string, unknown>> {
  if (!operation.takes) return readPlain(operation.body ? body : undefined, operation.body ?? {})
  const { wish, references } = readDocument(body, operation.takes, 'create')
  await requireReferences(access, shelves, references)
  return wish
}

/** Makes routes of declarations. Every operation passes here: who asks, is it well formed, may it be, do it, answer. */
import { camel, idOf, limits, type Operation, operationsOf, type Resource, resourceByType } from '@mintmark/contract'
import { mayAnywhere } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { hintOthers } from '../database/changes.ts'
import type { Database, Db } from '../database/database.ts'
import { type Filter, findPage, findRecords, type Shelf, type Stored } from '../database/shelf.ts'
import {
  type Access,
  accessOf,
  forbidden,
  notFound,
  reachOf,
  readRule,
  requireRecord,
  type Shelves,
  visibleRecords,
} from './access.ts'
import { type Reference, readDocument, readMembers, readPlain } from './body.ts'
import { paginationMeta, resourceObject } from './document.ts'
import type { Noun, Outcome } from './handlers.ts'
import { includedObjects } from './included.ts'
import { plain, readListing, readShape, type Shape } from './query.ts'

/** A request as the dialect sees it: authenticated, its JSON parsed. */
export interface Asked {
  readonly context: Context
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: unknown
}

export interface Answer {
  readonly status: number
  readonly document?: unknown
}

export interface Dialect {
  readonly database: Database
  readonly nouns: readonly Noun[]
  /** Called when a deed is on disk. */
  afterDeed(): Promise<void>
}

export type Handle = (asked: Asked) => Promise<Answer>

/** Every declared operation with what answers it. Operations for anyone and plain ones are not among them. */
export function handlersOf(dialect: Dialect): { operation: Operation; handle: Handle }[] {
  const shelves: Shelves = new Map(dialect.nouns.map(({ resource, shelf }) => [resource.type, shelf]))
  return dialect.nouns.flatMap((noun) =>
    operationsOf(noun.resource)
      .filter(({ permission, answers }) => permission !== 'anyone' && answers !== 'plain')
      .map((operation) => ({ operation, handle: handler(dialect, shelves, noun, operation) })),
  )
}

function handler(dialect: Dialect, shelves: Shelves, noun: Noun, operation: Operation): Handle {
  switch (operation.does) {
    case 'list':
      return (asked) => list(dialect.database.read, shelves, noun, operation, asked)
    case 'show':
      return (asked) => show(dialect.database.read, shelves, noun, operation, asked)
    case 'list-members':
      return (asked) => listMembers(dialect.database.read, noun, operation, asked)
    default:
      return (asked) => write(dialect, shelves, noun, operation, asked)
  }
}

async function list(db: Db, shelves: Shelves, noun: Noun, operation: Operation, asked: Asked): Promise<Answer> {
  const { context, query } = asked
  const { resource, shelf } = noun
  const listing = readListing(query, operation)
  const shape = readShape(query, resource)
  const access = accessOf(db, context.actor, context.world)
  const extra: Filter[] = []
  let reach = reachOf(access.rights, operation.permission)
  const parent = await parentOf(access, shelves, resource, operation, asked)
  if (parent) extra.push({ name: operation.under as string, operator: 'in', values: [parent.id] })
  else if (operation.permission === 'signed-in') extra.push(...(noun.ownList?.(context) ?? []))
  else if (!mayAnywhere(access.rights, operation.permission as string)) throw forbidden(operation.permission as string)
  if (parent || operation.permission === 'signed-in') reach = { ...reach, everything: true }
  const page = operation.unpaginated ? { number: 1, size: 100_000 } : listing.page
  const { records, total } = await findPage(
    db,
    shelf,
    { ...listing, page, filters: [...listing.filters, ...extra] },
    reach,
    access.viewer,
  )
  const data = records.map((record) => resourceObject(resource, record, shape.fields.get(resource.type)))
  const document = { data, ...(await included(access, shelves, resource, records, shape)) }
  return {
    status: operation.status,
    document: operation.unpaginated ? document : { ...document, meta: paginationMeta(page, total) },
  }
}

async function show(db: Db, shelves: Shelves, noun: Noun, operation: Operation, asked: Asked): Promise<Answer> {
  const access = accessOf(db, asked.context.actor, asked.context.world)
  const shape = readShape(asked.query, noun.resource)
  await parentOf(access, shelves, noun.resource, operation, asked)
  const id = await idFrom(noun, operation, { ...asked.context, db }, asked)
  const [record] = await visibleRecords(access, noun.shelf, [id])
  refuseStray(operation, asked, noun.resource, record)
  if (!record) throw operation.singleton ? forbidden(operation.permission as string) : notFound(noun.resource, id)
  return { status: operation.status, document: await single(access, shelves, noun.resource, record, shape) }
}

async function listMembers(db: Db, noun: Noun, operation: Operation, asked: Asked): Promise<Answer> {
  const access = accessOf(db, asked.context.actor, asked.context.world)
  const { page } = readListing(asked.query, operation)
  const record = await requireRecord(
    access,
    noun.shelf,
    noun.resource,
    asked.params[noun.resource.param] as string,
    operation.permission,
  )
  const name = operation.relation as string
  const ids = record[name] as string[]
  const type = noun.resource.relations[name]?.to
  const data = ids.slice((page.number - 1) * page.size, page.number * page.size).map((id) => ({ type, id }))
  return { status: 200, document: { data, meta: paginationMeta(page, ids.length) } }
}

/** Everything that changes something: in one transaction with its audit row, answered when it is on disk. */
async function write(
  dialect: Dialect,
  shelves: Shelves,
  noun: Noun,
  operation: Operation,
  asked: Asked,
): Promise<Answer> {
  const { database } = dialect
  const answering = answeringResource(operation)
  const shape = readShape(asked.query, answering)
  const answer = await database.write(async (db): Promise<Answer> => {
    const context: Context = { ...asked.context, db, told: { rows: 0, changes: 0 } }
    const access = accessOf(db, context.actor, context.world)
    const outcome = await perform(access, shelves, noun, operation, { ...asked, context })
    if (context.told.rows === 0) throw new Error(`${operation.id} left no audit row`)
    if (context.told.changes > 0) await hintOthers(db, database.kind)
    if (!answering || !outcome) return { status: operation.status }
    const shelf = shelves.get(answering.type) as Shelf
    const [record] = await findRecords(db, shelf, [outcome.id], access.viewer)
    if (!record) throw new Error(`${operation.id} lost its own object`)
    return {
      status: operation.status,
      document: await single(access, shelves, answering, { ...record, ...outcome.once }, shape),
    }
  })
  await dialect.afterDeed()
  return answer
}

function answeringResource(operation: Operation): Resource | undefined {
  const { answers, status, resource } = operation
  if (status === 204) return undefined
  return typeof answers === 'object' ? resourceByType.get(answers.type) : resource
}

type AnyVerb = (...given: unknown[]) => Promise<Outcome | undefined>

async function perform(
  access: Access,
  shelves: Shelves,
  noun: Noun,
  operation: Operation,
  asked: Asked,
): Promise<Outcome | undefined> {
  const { context, body } = asked
  const { resource, shelf } = noun
  const verb = noun.verbs[operation.name] as unknown as AnyVerb
  const parent = await parentOf(access, shelves, resource, operation, asked)
  if (operation.does === 'create') {
    if (
      typeof operation.permission === 'string' &&
      operation.permission !== 'signed-in' &&
      !mayAnywhere(access.rights, operation.permission)
    ) {
      throw forbidden(operation.permission)
    }
    const { wish, references } = readDocument(body, resource, 'create')
    await requireReferences(access, shelves, references)
    return (await verb(context, wish, parent)) as Outcome
  }
  const id = await idFrom(noun, operation, context, asked)
  const record = await requireRecord(access, shelf, resource, id, operation.permission)
  refuseStray(operation, asked, resource, record)
  if (operation.does === 'remove') {
    await verb(context, record)
    return undefined
  }
  if (operation.does === 'update') {
    const { wish, references } = readDocument(body, resource, 'update')
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
  return ((await verb(context, record, taken, asked.params)) as Outcome | undefined) ?? { id: record.id }
}

async function readTaken(
  access: Access,
  shelves: Shelves,
  operation: Operation,
  body: unknown,
): Promise<Record<string, unknown>> {
  if (!operation.takes) return readPlain(operation.body ? body : undefined, operation.body ?? {})
  const { wish, references } = readDocument(body, operation.takes, 'create')
  await requireReferences(access, shelves, references)
  return wish
}

async function parentOf(
  access: Access,
  shelves: Shelves,
  resource: Resource,
  operation: Operation,
  asked: Asked,
): Promise<Stored | undefined> {
  if (!operation.under) return undefined
  const type = resource.relations[operation.under]?.to ?? parentTypes[operation.under]
  const parent = resourceByType.get(type as string) as Resource
  const rule = operation.does === 'list' || operation.does === 'create' ? operation.permission : readRule(parent.type)
  return requireRecord(access, shelves.get(parent.type) as Shelf, parent, asked.params[parent.param] as string, rule)
}

/** Parents that are not among the relations on the wire. */
const parentTypes: Record<string, string> = { serviceAccount: 'service-accounts', agentPool: 'agent-pools' }

async function idFrom(noun: Noun, operation: Operation, context: Context, asked: Asked): Promise<string> {
  if (operation.singleton) return (await noun.singleton?.(context)) ?? ''
  const id = asked.params[noun.resource.param] as string
  return noun.alias?.(context, id) ?? id
}

/** A nested path must name the parent the object really has. */
function refuseStray(operation: Operation, asked: Asked, resource: Resource, record: Stored | undefined): void {
  if (!operation.under || !record) return
  const parent = asked.params[resourceByType.get(parentTypes[operation.under] ?? '')?.param ?? '']
  if (record[idOf(operation.under)] !== parent) throw notFound(resource, record.id)
}

async function requireReferences(access: Access, shelves: Shelves, references: readonly Reference[]): Promise<void> {
  for (const { name, relation, ids } of references) {
    const missing = await firstMissing(access, shelves, relation.to, ids)
    if (missing === undefined) continue
    const wire = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    const what = relation.many ? `Relationship '${wire}'` : classFor(relation.to)
    const detail = `${what} with ID '${plain(missing)}' not found or user unauthorized.`
    throw new Refusal('unknown-related', { detail, at: `/data/relationships/${wire}` })
  }
}

async function requireMembers(access: Access, shelves: Shelves, type: string, ids: readonly string[]): Promise<void> {
  const missing = await firstMissing(access, shelves, type, ids)
  if (missing !== undefined) {
    throw new Refusal('unknown-member', {
      detail: `${classFor(type)} with ID '${plain(missing)}' not found or user unauthorized.`,
    })
  }
}

/** In relations a tag is called Tag, though its own title says AccountTag. */
const classFor = (type: string): string =>
  type === 'tags' ? 'Tag' : (resourceByType.get(type)?.className ?? camel(type))

async function firstMissing(
  access: Access,
  shelves: Shelves,
  type: string,
  ids: readonly string[],
): Promise<string | undefined> {
  // One's own account may always be named: clients send it whether or not they may look at it.
  if (type === 'accounts') return ids.find((id) => !access.accounts.includes(id))
  const shelf = shelves.get(type)
  if (!shelf) return ids[0]
  const found = new Set((await visibleRecords(access, shelf, ids)).map(({ id }) => id))
  return ids.find((id) => !found.has(id))
}

async function single(access: Access, shelves: Shelves, resource: Resource, record: Stored, shape: Shape) {
  const data = resourceObject(resource, record, shape.fields.get(resource.type))
  return { data, ...(await included(access, shelves, resource, [record], shape)) }
}

async function included(
  access: Access,
  shelves: Shelves,
  resource: Resource,
  records: readonly Stored[],
  shape: Shape,
) {
  if (shape.include.length === 0) return {}
  const lookup = async (type: string, ids: readonly string[]) => {
    const shelf = shelves.get(type)
    return shelf ? visibleRecords(access, shelf, ids.slice(0, limits.relatedIds)) : []
  }
  return { included: await includedObjects(records, resource, shape, lookup) }
}

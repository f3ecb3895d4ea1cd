/** The parts of a resource that `mount` serves: its view, and a handler for each declared operation that writes. */
import {
  type Attributes,
  type BodyOf,
  type CreateInputOf,
  type InputOf,
  kebab,
  type OperationDeclaration,
  operationsOf,
  type Relations,
  type Resource,
} from '@mintmark/contract'
import type { Secret } from '@mintmark/token'
import type { AuditDetails, AuditedChange } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { AnyRecord, RecordInAccount } from '../database/views/record-of.ts'
import type { Filter, ListedRows, ResourceView } from '../database/views/resource-view.ts'

/** The ID of the object in the response, and attributes that only this response contains. */
export interface OperationResult extends AuditDetails {
  readonly id: string
  readonly once?: Readonly<Record<string, Secret>>
}

type Taking<R extends Resource, O extends OperationDeclaration> = O['inputDocument'] extends {
  attributes: Attributes
  relations: Relations
}
  ? CreateInputOf<O['inputDocument']>
  : O['body'] extends Attributes
    ? BodyOf<O['body']>
    : InputOf<R>

type DoesOf<K, O extends OperationDeclaration> = O['kind'] extends string
  ? O['kind']
  : K extends 'list' | 'show' | 'create' | 'update' | 'remove'
    ? K
    : 'action'

/** The parameter types of a handler follow from the declaration (input) and the view (record). */
export type OperationHandler<R extends Resource, Rec, K, O extends OperationDeclaration> =
  DoesOf<K, O> extends 'create'
    ? (context: Context, input: CreateInputOf<R>, parent: RecordInAccount) => Promise<OperationResult>
    : DoesOf<K, O> extends 'update'
      ? (context: Context, record: Rec, input: InputOf<R>) => Promise<AuditDetails> | Promise<void>
      : DoesOf<K, O> extends 'remove'
        ? (context: Context, record: Rec) => Promise<void>
        : DoesOf<K, O> extends 'add-members' | 'replace-members' | 'remove-members'
          ? (context: Context, record: Rec, members: string[]) => Promise<void>
          : (
              context: Context,
              record: Rec,
              input: Taking<R, O>,
              path: Readonly<Record<string, string>>,
            ) => Promise<OperationResult> | Promise<AuditDetails> | Promise<void>

type Written<K, O extends OperationDeclaration> = DoesOf<K, O> extends 'list' | 'show' | 'list-members' ? false : true

/** A missing or additional handler does not compile. */
export type OperationHandlers<R extends Resource, Rec> = {
  readonly [K in keyof R['operations'] as Written<K, R['operations'][K]> extends true ? K : never]: OperationHandler<
    R,
    Rec,
    K,
    R['operations'][K]
  >
}

type AuditAccounts = AuditedChange['accountId']

export interface ServedResource {
  readonly resource: Resource
  readonly view: ResourceView
  readonly handlers: Readonly<
    Record<string, (...given: never[]) => Promise<OperationResult> | Promise<AuditDetails> | Promise<void>>
  >
  /** The accounts whose audit log gets the events of a record; by default its `accountId`. */
  readonly auditAccountsOf?: (context: Context, record: AnyRecord) => AuditAccounts | Promise<AuditAccounts>
  /**
   * Creations that share transactions, because none reads what another one writes. Their callers' rights are read again in the
   * transaction. Their handlers load by `together`.
   */
  readonly sharing?: readonly string[]
  /** Restricts a list that requires no permission to the caller's own objects. */
  readonly ownList?: (context: Context) => readonly Filter[]
  /** The number of records of a list without search, if it is known without counting. */
  readonly countOf?: (context: Context, listed: ListedRows) => number | undefined | Promise<number | undefined>
  /** The ID of the only record that an account has. */
  readonly singleton?: (context: Context) => Promise<string>
  /** Resolves an alias for an ID in the path, such as `self`. */
  readonly alias?: (context: Context, id: string) => string
}

/** Connects a view, and with it the resource, to its operation handlers. */
export function serve<R extends Resource, Rec extends { readonly id: string }>(
  view: ResourceView<R, Rec>,
  handlers: OperationHandlers<R, Rec>,
  extra: Omit<ServedResource, 'resource' | 'view' | 'handlers' | 'auditAccountsOf'> & {
    readonly auditAccountsOf?: (context: Context, record: Rec) => AuditAccounts | Promise<AuditAccounts>
  } = {},
): ServedResource {
  return {
    resource: view.resource,
    view: view as ResourceView,
    handlers: handlers as ServedResource['handlers'],
    ...(extra as Omit<ServedResource, 'resource' | 'view' | 'handlers'>),
  }
}

/**
 * Throws if a list declares a filter or sort key that its view has no SQL for. With `serve` this does not compile; the
 * check stops the server from starting with a resource that was composed differently.
 */
export function assertServed({ resource, view }: ServedResource): void {
  for (const { id, kind, filters = [], sort = [], under } of operationsOf(resource)) {
    if (kind !== 'list') continue
    const unserved = [
      ...[...filters, ...(under === undefined || view.fixed ? [] : [under])]
        .filter((name) => !Object.hasOwn(view.filters, name))
        .map((name) => `filter[${kebab(name)}]`),
      ...sort.filter((key) => !Object.hasOwn(view.sorts, key)).map((key) => `sort=${kebab(key)}`),
    ]
    if (unserved.length > 0) throw new Error(`${id} declares ${unserved.join(', ')}, which the view does not serve.`)
  }
}

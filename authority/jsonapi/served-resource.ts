/** What a noun hands to `mount`: its shelf, and a verb for each declared operation that writes or acts. */
import type { Attributes, BodyOf, InputOf, OperationDeclaration, Relations, Resource } from '@mintmark/contract'
import type { Secret } from '@mintmark/token'
import type { Context } from '../context.ts'
import type { Filter, ResourceView, StoredRecord } from '../database/resource-view.ts'

/** The id of what is answered, and members shown only this once. */
export interface OperationResult {
  readonly id: string
  readonly once?: Readonly<Record<string, Secret>>
}

type Taking<R extends Resource, O extends OperationDeclaration> = O['takes'] extends {
  attributes: Attributes
  relations: Relations
}
  ? InputOf<O['takes']>
  : O['body'] extends Attributes
    ? BodyOf<O['body']>
    : InputOf<R>

type DoesOf<K, O extends OperationDeclaration> = O['kind'] extends string
  ? O['kind']
  : K extends 'list' | 'show' | 'create' | 'update' | 'remove'
    ? K
    : 'act'

/** `parent`: the record a nested path names. */
export type OperationHandler<R extends Resource, K, O extends OperationDeclaration> =
  DoesOf<K, O> extends 'create'
    ? (context: Context, wish: InputOf<R>, parent: StoredRecord) => Promise<OperationResult>
    : DoesOf<K, O> extends 'update'
      ? (context: Context, record: StoredRecord, wish: InputOf<R>) => Promise<void>
      : DoesOf<K, O> extends 'remove'
        ? (context: Context, record: StoredRecord) => Promise<void>
        : DoesOf<K, O> extends 'add-members' | 'replace-members' | 'remove-members'
          ? (context: Context, record: StoredRecord, members: string[]) => Promise<void>
          : (
              context: Context,
              record: StoredRecord,
              wish: Taking<R, O>,
              path: Readonly<Record<string, string>>,
            ) => Promise<OperationResult> | Promise<void>

type Written<K, O extends OperationDeclaration> = O['permission'] extends 'anyone'
  ? false
  : O['answers'] extends 'plain'
    ? false
    : DoesOf<K, O> extends 'list' | 'show' | 'list-members'
      ? false
      : true

/** One missing or one too many does not compile. Plain answers and those for anyone are hand-written routes. */
export type OperationHandlers<R extends Resource> = {
  readonly [K in keyof R['operations'] as Written<K, R['operations'][K]> extends true ? K : never]: OperationHandler<
    R,
    K,
    R['operations'][K]
  >
}

export interface ServedResource {
  readonly resource: Resource
  readonly shelf: ResourceView
  readonly verbs: Readonly<Record<string, (...given: never[]) => Promise<OperationResult> | Promise<void>>>
  /** Narrows a list that needs no permission to what is the caller's own. */
  readonly ownList?: (context: Context) => readonly Filter[]
  /** How many records these filters alone let through, when that is known without counting. */
  readonly countOf?: (context: Context, filters: readonly Filter[]) => number | undefined
  /** The id of the one record an account has. */
  readonly singleton?: (context: Context) => Promise<string>
  /** What a word in the place of an id stands for, such as `self`. */
  readonly alias?: (context: Context, id: string) => string
}

/** Ties a declaration to what carries it out. */
export function serve<R extends Resource>(
  resource: R,
  shelf: ResourceView,
  verbs: OperationHandlers<R>,
  extra: Omit<ServedResource, 'resource' | 'shelf' | 'verbs'> = {},
): ServedResource {
  return { resource, shelf, verbs: verbs as ServedResource['verbs'], ...extra }
}

/** Types of the parameters and results of calls, derived from the declarations of operations. */
import type {
  Attributes,
  BodyOf,
  InputOf,
  OperationDeclaration,
  OperationKind,
  Relations,
  Resource,
} from '@mintmark/contract'

/** A record with its attributes and the IDs of its relations. Members that the response omits are absent. */
export type Found<R extends Resource = Resource> = { readonly id: string } & Readonly<InputOf<R>>

export interface Page<R extends Resource> {
  readonly records: readonly Found<R>[]
  readonly totalCount: number
  /** Null on the last page. */
  readonly nextPage: number | null
  /** Whether the list was too long to be searched completely. */
  readonly isCutOff: boolean
}

type KindOf<K, O extends OperationDeclaration> = O['kind'] extends string
  ? O['kind']
  : K extends OperationKind
    ? K
    : 'action'

type Operation<R extends Resource, K> = K extends keyof R['operations'] ? R['operations'][K] : never

/** The operations on records, without those on the members of a relationship. */
export type Callable<R extends Resource> = {
  [K in keyof R['operations']]: KindOf<K, R['operations'][K]> extends `${string}-members` ? never : K
}[keyof R['operations']] &
  string

export type Listed<R extends Resource> = {
  [K in Callable<R>]: KindOf<K, Operation<R, K>> extends 'list' ? K : never
}[Callable<R>]

/** The input of an operation: the attributes and relations of a record, or the members of an action's body. Undefined members are not sent. */
export type CallInput<R extends Resource, K> = Sendable<Input<R, K>>

type Sendable<T> = { [K in keyof T]: T[K] | undefined }

type Input<R extends Resource, K> = Operation<R, K>['inputDocument'] extends {
  attributes: Attributes
  relations: Relations
}
  ? InputOf<Operation<R, K>['inputDocument']>
  : Operation<R, K>['body'] extends Attributes
    ? BodyOf<Operation<R, K>['body']>
    : InputOf<R>

type FilterOf<R extends Resource, K> = Operation<R, K>['filters'] extends readonly (infer F extends string)[]
  ? F
  : never

export interface CallOptions<R extends Resource, K> {
  /** IDs in the path by name: `{ serviceAccount: 'sa-…' }`. */
  readonly path?: Readonly<Record<string, string>>
  readonly input?: CallInput<R, K>
  /** Filter values, optionally with the API's prefixes `in:` and `like:`. */
  readonly filters?: { readonly [F in FilterOf<R, K>]?: string }
  /** Full-text search in IDs, names, descriptions and email addresses. */
  readonly search?: string
  /** `name`, or `-name` for descending order. */
  readonly sort?: readonly string[]
  /** Other query parameters of the operation, such as `force`. */
  readonly parameters?: { readonly [P in keyof Operation<R, K>['parameters']]?: string }
  readonly page?: { readonly number: number; readonly size: number }
  /** Paths of related records to return too, such as `owners` or `workspace.environment`. */
  readonly include?: readonly string[]
  /** Receives each of the included records with its type. */
  readonly onIncluded?: (type: string, record: Found) => void
  readonly idempotencyKey?: string
}

export type CallResult<R extends Resource, K> =
  KindOf<K, Operation<R, K>> extends 'list'
    ? Page<R>
    : KindOf<K, Operation<R, K>> extends 'remove'
      ? undefined
      : Operation<R, K>['returns'] extends 'nothing'
        ? undefined
        : Operation<R, K>['returns'] extends { type: string }
          ? Found
          : Found<R>

/** Types derived from a resource declaration: the records of its view, and the filters and sort keys of its lists. */
import type { Resource, ToMany, ToOne, ValueOf } from '@mintmark/contract'

/** A record of any resource, for code that serves all of them. */
export type AnyRecord = { readonly id: string } & { readonly [name: string]: unknown }

/** A record that belongs to one account, as every parent in a nested path does. */
export interface RecordInAccount {
  readonly id: string
  readonly accountId: string
}

/**
 * The record that a view must return: each attribute and relationship that a response can contain. A to-one
 * relationship is an ID (`account` becomes `accountId`), a to-many relationship a list of IDs.
 */
export type RecordOf<R extends Resource> = { readonly id: string } & {
  readonly [K in keyof R['attributes'] as ShownAttribute<R['attributes'][K], K>]: Stored<ValueOf<R['attributes'][K]>>
} & {
  readonly [K in keyof R['relations'] as ShownToOne<R['relations'][K], K>]: string | null
} & {
  readonly [K in keyof R['relations'] as ShownToMany<R['relations'][K], K>]: readonly string[]
}

type ShownAttribute<A, K> = A extends { readonly writeOnly: true } | { readonly shownOnce: true } ? never : K

type Hidden = { readonly writeOnly: true } | { readonly alwaysEmpty: true }
type ShownToOne<L, K> = L extends Hidden ? never : L extends ToOne ? `${K & string}Id` : never
type ShownToMany<L, K> = L extends Hidden ? never : L extends ToMany ? K : never

/** The database guarantees the type of a value, not that it is one of the declared choices. */
type Stored<T> = T extends readonly (infer Item)[]
  ? readonly Stored<Item>[]
  : T extends string
    ? string
    : T extends number
      ? number
      : T extends object
        ? object
        : T

type Operations<R extends Resource> = R['operations']

type Lists<O> = {
  [K in keyof O]: K extends 'list' ? O[K] : O[K] extends { readonly kind: 'list' } ? O[K] : never
}[keyof O]

/** Every filter that a list operation of the resource declares. */
export type DeclaredFilterOf<R extends Resource> = Members<Lists<Operations<R>>, 'filters'>

/** Also includes every parent of a nested list, because the path filters by it. */
export type FilterOf<R extends Resource> = DeclaredFilterOf<R> | ParentOf<Lists<Operations<R>>>

type ParentOf<L> = L extends { readonly under: infer Parent extends string } ? Parent : never

/** Every sort key that a list operation of the resource declares. */
export type SortOf<R extends Resource> = Members<Lists<Operations<R>>, 'sort'>

type Members<L, Name extends string> = L extends { readonly [K in Name]: readonly (infer M extends string)[] }
  ? M
  : never

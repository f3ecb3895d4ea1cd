/** What a noun hands to `mount`: its shelf, and a verb for each declared operation that writes or acts. */
import type { Attributes, BodyOf, OperationWording, Relations, Resource, Wish } from '@mintmark/contract'
import type { Secret } from '@mintmark/token'
import type { Context } from '../context.ts'
import type { Filter, Shelf, Stored } from '../database/shelf.ts'

/** The id of what is answered, and members shown only this once. */
export interface Outcome {
  readonly id: string
  readonly once?: Readonly<Record<string, Secret>>
}

type Taking<R extends Resource, O extends OperationWording> = O['takes'] extends {
  attributes: Attributes
  relations: Relations
}
  ? Wish<O['takes']>
  : O['body'] extends Attributes
    ? BodyOf<O['body']>
    : Wish<R>

type DoesOf<K, O extends OperationWording> = O['does'] extends string
  ? O['does']
  : K extends 'list' | 'show' | 'create' | 'update' | 'remove'
    ? K
    : 'act'

/** `parent`: the record a nested path names. */
export type Verb<R extends Resource, K, O extends OperationWording> =
  DoesOf<K, O> extends 'create'
    ? (context: Context, wish: Wish<R>, parent: Stored) => Promise<Outcome>
    : DoesOf<K, O> extends 'update'
      ? (context: Context, record: Stored, wish: Wish<R>) => Promise<void>
      : DoesOf<K, O> extends 'remove'
        ? (context: Context, record: Stored) => Promise<void>
        : DoesOf<K, O> extends 'add-members' | 'replace-members' | 'remove-members'
          ? (context: Context, record: Stored, members: string[]) => Promise<void>
          : (
              context: Context,
              record: Stored,
              wish: Taking<R, O>,
              path: Readonly<Record<string, string>>,
            ) => Promise<Outcome> | Promise<void>

type Written<K, O extends OperationWording> = O['permission'] extends 'anyone'
  ? false
  : O['answers'] extends 'plain'
    ? false
    : DoesOf<K, O> extends 'list' | 'show' | 'list-members'
      ? false
      : true

/** One missing or one too many does not compile. Plain answers and those for anyone are hand-written routes. */
export type Verbs<R extends Resource> = {
  readonly [K in keyof R['operations'] as Written<K, R['operations'][K]> extends true ? K : never]: Verb<
    R,
    K,
    R['operations'][K]
  >
}

export interface Noun {
  readonly resource: Resource
  readonly shelf: Shelf
  readonly verbs: Readonly<Record<string, (...given: never[]) => Promise<Outcome> | Promise<void>>>
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
export function noun<R extends Resource>(
  resource: R,
  shelf: Shelf,
  verbs: Verbs<R>,
  extra: Omit<Noun, 'resource' | 'shelf' | 'verbs'> = {},
): Noun {
  return { resource, shelf, verbs: verbs as Noun['verbs'], ...extra }
}

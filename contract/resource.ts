/** Declarations of resources and their operations, as plain data. */
import type { Attribute, Exact, Flag, ValueOf, Writable } from './attributes.ts'
import { kebab, snake } from './naming.ts'

export interface Relation {
  readonly about: string
  /** The type of the related resource, as in the API. */
  readonly to: string
  readonly many: boolean
  readonly writable: Writable
  readonly required: boolean
  /** Always null or empty: part of Scalr's API, but not supported. */
  readonly alwaysEmpty: boolean
  /** Never part of a response. */
  readonly writeOnly: boolean
}

interface RelationDeclaration {
  readonly about: string
  readonly writable?: Writable
  readonly required?: boolean
  readonly alwaysEmpty?: boolean
  readonly writeOnly?: boolean
}

const relation = (to: string, many: boolean, declaration: RelationDeclaration) => ({
  to,
  many,
  about: declaration.about,
  writable: declaration.writable ?? ('never' as const),
  required: declaration.required ?? false,
  alwaysEmpty: declaration.alwaysEmpty ?? false,
  writeOnly: declaration.writeOnly ?? false,
})

export type ToOne = Relation & { readonly many: false }
export type ToMany = Relation & { readonly many: true }

/** The flags of a relation as types, for the types of handlers and views. */
interface RelationFlags<W> {
  readonly alwaysEmpty: Flag<W, 'alwaysEmpty'>
  readonly writeOnly: Flag<W, 'writeOnly'>
  readonly required: Flag<W, 'required'>
}

export const toOne = <const W extends RelationDeclaration>(
  to: string,
  declaration: Exact<W, RelationDeclaration>,
): ToOne & RelationFlags<W> => relation(to, false, declaration) as ToOne & RelationFlags<W>
export const toMany = <const W extends RelationDeclaration>(
  to: string,
  declaration: Exact<W, RelationDeclaration>,
): ToMany & RelationFlags<W> => relation(to, true, declaration) as ToMany & RelationFlags<W>

/**
 * A permission, or one for each variant of the object, such as the scope type of a policy or the owner type of a token.
 * `signed-in` allows any valid token, and the handler authorizes the rest.
 */
export type PermissionRule = string | { readonly [variant: string]: string }

/** Returns the permissions, one of which is required. Empty if any valid token is sufficient. */
export function permissionsIn(rule: PermissionRule): string[] {
  if (typeof rule !== 'string') return [...new Set(Object.values(rule))]
  return rule === 'signed-in' ? [] : [rule]
}

/** Whether a console session needs recent re-authentication. `unless-own`: not for its own token or session (the handler checks). */
export type StepUp = boolean | 'unless-own'

export type OperationKind =
  | 'list'
  | 'show'
  | 'create'
  | 'update'
  | 'remove'
  | 'list-members'
  | 'add-members'
  | 'replace-members'
  | 'remove-members'
  | 'action'

export interface OperationDeclaration {
  /** The operation ID in the OpenAPI document, the same as in Scalr's API where both have the operation. */
  readonly id: string
  readonly permission: PermissionRule
  readonly stepUp?: StepUp
  readonly about?: string
  readonly kind?: OperationKind
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Also available with GET, because generated clients call actions without a body that way. */
  readonly alsoGet?: boolean
  readonly path?: string
  readonly filters?: readonly string[]
  readonly sort?: readonly string[]
  /** The relation whose members a `…-members` operation reads or writes. */
  readonly relation?: string
  /** The relation that names the parent in the path of a nested operation. */
  readonly under?: string
  /** There is one object per account, so the path contains no ID. */
  readonly singleton?: boolean
  /** Members of an action's plain JSON request. */
  readonly body?: { readonly [name: string]: Attribute }
  /** The resource document of an action's request, with attributes and relations of its own. */
  readonly inputDocument?: { readonly type: string; readonly attributes: Attributes; readonly relations: Relations }
  /** The response of an action: a document of this or another type, or nothing. */
  readonly returns?: 'document' | 'nothing' | { readonly type: string }
  /** Additional query parameters, included in the OpenAPI document. */
  readonly parameters?: { readonly [name: string]: { readonly about: string; readonly values?: readonly string[] } }
  /** The success status, if it is not the default. */
  readonly status?: number
  /** All records are returned in one document. */
  readonly unpaginated?: boolean
  /**
   * The audit event of a write: `locked` means `workspaces.locked`. Actions must declare it; other kinds have a default.
   * `by-handler`: the handler writes the events, because they concern other objects or several of them.
   */
  readonly audited?: string
}

export type Attributes = { readonly [name: string]: Attribute }
export type Relations = { readonly [name: string]: Relation }
export type Operations = { readonly [name: string]: OperationDeclaration }

export interface Resource<
  A extends Attributes = Attributes,
  R extends Relations = Relations,
  O extends Operations = Operations,
> {
  readonly type: string
  /** The class name in titles such as "Team with ID '…' not found or user unauthorized." */
  readonly className: string
  readonly prefix: string
  readonly about: string
  readonly attributes: A
  readonly relations: R
  readonly operations: O
  /** The path parameter for the ID, such as `team` in `{team}`. */
  readonly param: string
  /** The first part of its audit events, such as `variables` in `variables.created`; by default the type. */
  readonly auditName?: string
}

/** An operation with its defaults filled in. `path` is relative to the base path. */
export interface Operation extends OperationDeclaration {
  readonly name: string
  readonly kind: OperationKind
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly about: string
  readonly status: number
  readonly resource: Resource
}

export function resource<const A extends Attributes, const R extends Relations, const O extends Operations>(
  declaration: Omit<Resource<A, R, O>, 'param'> & { readonly param?: string },
): Resource<A, R, O> {
  return { ...declaration, param: declaration.param ?? snake(declaration.type).replace(/ies$/, 'y').replace(/s$/, '') }
}

const defaults = {
  list: { method: 'GET', status: 200, one: false },
  show: { method: 'GET', status: 200, one: true },
  create: { method: 'POST', status: 201, one: false },
  update: { method: 'PATCH', status: 200, one: true },
  remove: { method: 'DELETE', status: 204, one: true },
  'list-members': { method: 'GET', status: 200, one: true },
  'add-members': { method: 'POST', status: 204, one: true },
  'replace-members': { method: 'PATCH', status: 204, one: true },
  'remove-members': { method: 'DELETE', status: 204, one: true },
  action: { method: 'POST', status: 200, one: true },
} as const satisfies Record<OperationKind, unknown>

const auditedKinds: Partial<Record<OperationKind, (relation: string) => string>> = {
  create: () => 'created',
  update: () => 'updated',
  remove: () => 'deleted',
  'add-members': (relation) => `${relation}-added`,
  'replace-members': (relation) => `${relation}-replaced`,
  'remove-members': (relation) => `${relation}-removed`,
}

export function operationsOf(of: Resource): Operation[] {
  return Object.entries(of.operations).map(([name, declaration]) => operationOf(of, name, declaration))
}

function operationOf(of: Resource, name: string, declaration: OperationDeclaration): Operation {
  const kind = declaration.kind ?? (name in defaults ? (name as OperationKind) : 'action')
  const standard = defaults[kind]
  const collection = `/${of.type}`
  const members = declaration.relation ? `/relationships/${kebab(declaration.relation)}` : ''
  const path =
    declaration.path ?? (standard.one && !declaration.singleton ? `${collection}/{${of.param}}${members}` : collection)
  const about = declaration.about ?? defaultDescription(of, kind, declaration)
  const status = declaration.status ?? (declaration.returns === 'nothing' ? 204 : standard.status)
  const audited = declaration.audited ?? auditedKinds[kind]?.(declaration.relation ?? '')
  const audit = { ...declaration, ...(audited === undefined ? {} : { audited }) }
  return { ...audit, name, kind, path, about, status, method: declaration.method ?? standard.method, resource: of }
}

function defaultDescription(of: Resource, kind: OperationKind, { relation, singleton }: OperationDeclaration): string {
  const thing = of.type.replaceAll('-', ' ')
  const name = of.param.replaceAll('_', ' ')
  const single = singleton ? `the ${thing} of an account` : `${/^[aeio]/.test(name) ? 'an' : 'a'} ${name}`
  const part = relation ? kebab(relation).replaceAll('-', ' ') : ''
  const sentences: Record<OperationKind, string> = {
    list: `List ${thing}.`,
    show: `Get ${single}.`,
    create: `Create ${single}.`,
    update: `Update ${single}.`,
    remove: `Delete ${single}.`,
    'list-members': `List the ${part} of ${single}.`,
    'add-members': `Add ${part} to ${single}.`,
    'replace-members': `Replace the ${part} of ${single}.`,
    'remove-members': `Remove ${part} from ${single}.`,
    action: `Act on ${single}.`,
  }
  return sentences[kind]
}

type WritableShape = { readonly attributes: Attributes; readonly relations: Relations }

/** The validated input of an operation: values by attribute name, IDs for relations (`accountId`, `teams`). Absent if not sent. */
export type InputOf<T extends WritableShape> = {
  -readonly [K in keyof T['attributes']]?: ValueOf<T['attributes'][K]>
} & {
  -readonly [K in keyof T['relations'] as T['relations'][K] extends ToOne ? `${K & string}Id` : never]?: string | null
} & {
  -readonly [K in keyof T['relations'] as T['relations'][K] extends ToMany ? K : never]?: string[]
}

/** The input of a creation: required attributes and those with a default are always set. */
export type CreateInputOf<T extends WritableShape> = InputOf<T> & {
  -readonly [K in keyof T['attributes'] as IsAlwaysSet<T['attributes'][K]> extends true ? K : never]-?: ValueOf<
    T['attributes'][K]
  >
} & {
  -readonly [K in keyof T['relations'] as T['relations'][K] extends ToOne & { required: true }
    ? `${K & string}Id`
    : never]: string
} & {
  -readonly [K in keyof T['relations'] as T['relations'][K] extends ToMany & { required: true } ? K : never]: string[]
}

type IsAlwaysSet<A> = A extends { readonly required: true } | { readonly hasFallback: true } ? true : false

/** The plain members of an action's body. */
export type BodyOf<B extends Attributes> = { -readonly [K in keyof B]?: ValueOf<B[K]> } & {
  -readonly [K in keyof B as B[K] extends { readonly required: true } ? K : never]-?: ValueOf<B[K]>
}

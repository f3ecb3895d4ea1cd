/** What a resource and its operations are, as plain data. */
import type { Attribute, Exact, Flag, ValueOf, Writable } from './attributes.ts'
import { kebab, snake } from './naming.ts'

export interface Relation {
  readonly about: string
  /** The type on the wire of what it points to. */
  readonly to: string
  readonly many: boolean
  readonly writable: Writable
  readonly required: boolean
  /** Always null or empty here: the wire has it, an authority has nothing to point to. */
  readonly vacant: boolean
  /** Never part of an answer. */
  readonly writeOnly: boolean
}

interface RelationDeclaration {
  readonly about: string
  readonly writable?: Writable
  readonly required?: boolean
  readonly vacant?: boolean
  readonly writeOnly?: boolean
}

const relation = (to: string, many: boolean, wording: RelationDeclaration) => ({
  to,
  many,
  about: wording.about,
  writable: wording.writable ?? ('never' as const),
  required: wording.required ?? false,
  vacant: wording.vacant ?? false,
  writeOnly: wording.writeOnly ?? false,
})

export type ToOne = Relation & { readonly many: false }
export type ToMany = Relation & { readonly many: true }

/** What handlers and views need to know of a relation, as types. */
interface Declared<W> {
  readonly vacant: Flag<W, 'vacant'>
  readonly writeOnly: Flag<W, 'writeOnly'>
  readonly required: Flag<W, 'required'>
}

export const one = <const W extends RelationDeclaration>(
  to: string,
  wording: Exact<W, RelationDeclaration>,
): ToOne & Declared<W> => relation(to, false, wording) as ToOne & Declared<W>
export const many = <const W extends RelationDeclaration>(
  to: string,
  wording: Exact<W, RelationDeclaration>,
): ToMany & Declared<W> => relation(to, true, wording) as ToMany & Declared<W>

/**
 * A permission; or one for each aspect of the object (the scope of a policy, the owner of a token). With `signed-in`, any
 * valid token is enough, and the handler decides the rest.
 */
export type PermissionRule = string | { readonly [aspect: string]: string }

/** The permissions, one of which is required; none if any valid token is enough. */
export function permissionsIn(rule: PermissionRule): string[] {
  if (typeof rule !== 'string') return [...new Set(Object.values(rule))]
  return rule === 'signed-in' ? [] : [rule]
}

/**
 * Whether a console session must have re-authenticated recently; a token counts as recent. `unless-own`: not for what
 * is the caller's own, such as the calling token or session, which the handler checks.
 */
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
  | 'act'

export interface OperationDeclaration {
  /** The operation id on the wire, from operations.tsv of the contract. */
  readonly id: string
  readonly permission: PermissionRule
  readonly stepUp?: StepUp
  readonly about?: string
  readonly kind?: OperationKind
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Also answered on GET: generated clients call actions without a body so. */
  readonly alsoGet?: boolean
  readonly path?: string
  readonly filters?: readonly string[]
  readonly sort?: readonly string[]
  /** The relation whose members a `…-members` operation speaks of. */
  readonly relation?: string
  /** The relation that names the parent in the path of a nested operation. */
  readonly under?: string
  /** An operation on the one object its account has, without an id in the path. */
  readonly singleton?: boolean
  /** Plain JSON request members of an action. */
  readonly body?: { readonly [name: string]: Attribute }
  /** A resource document an action takes instead: attributes and relations of its own. */
  readonly takes?: { readonly type: string; readonly attributes: Attributes; readonly relations: Relations }
  /** What an action answers: a document of this or another type, nothing, or plain JSON. */
  readonly answers?: 'document' | 'nothing' | { readonly type: string }
  /** Query parameters of its own, told in the document. */
  readonly parameters?: { readonly [name: string]: { readonly about: string; readonly values?: readonly string[] } }
  /** The success status where it is not the usual one. */
  readonly status?: number
  /** Everything in one document. */
  readonly unpaginated?: boolean
  /**
   * The audit event of a write: `locked` means `workspaces.locked`. Actions declare it; for other kinds the default follows from
   * the kind. `by-handler`: the handler writes its own events, because they concern other objects or several of them.
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
  /** The path parameter that names one of them, `{team}`. */
  readonly param: string
  /** The first part of its audit events, such as `variables` in `variables.created`; by default the type. */
  readonly auditName?: string
}

/** One operation with all that follows from its wording. `path` is below the base path. */
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
  declared: Omit<Resource<A, R, O>, 'param'> & { readonly param?: string },
): Resource<A, R, O> {
  return { ...declared, param: declared.param ?? snake(declared.type).replace(/ies$/, 'y').replace(/s$/, '') }
}

const standard = {
  list: { method: 'GET', status: 200, one: false },
  show: { method: 'GET', status: 200, one: true },
  create: { method: 'POST', status: 201, one: false },
  update: { method: 'PATCH', status: 200, one: true },
  remove: { method: 'DELETE', status: 204, one: true },
  'list-members': { method: 'GET', status: 200, one: true },
  'add-members': { method: 'POST', status: 204, one: true },
  'replace-members': { method: 'PATCH', status: 204, one: true },
  'remove-members': { method: 'DELETE', status: 204, one: true },
  act: { method: 'POST', status: 200, one: true },
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
  return Object.entries(of.operations).map(([name, wording]) => operationOf(of, name, wording))
}

function operationOf(of: Resource, name: string, wording: OperationDeclaration): Operation {
  const kind = wording.kind ?? (name in standard ? (name as OperationKind) : 'act')
  const usual = standard[kind]
  const collection = `/${of.type}`
  const members = wording.relation ? `/relationships/${kebab(wording.relation)}` : ''
  const path = wording.path ?? (usual.one && !wording.singleton ? `${collection}/{${of.param}}${members}` : collection)
  const about = wording.about ?? sentence(of, kind, wording)
  const status = wording.status ?? (wording.answers === 'nothing' ? 204 : usual.status)
  const audited = wording.audited ?? auditedKinds[kind]?.(wording.relation ?? '')
  const declared = { ...wording, ...(audited === undefined ? {} : { audited }) }
  return { ...declared, name, kind, path, about, status, method: wording.method ?? usual.method, resource: of }
}

function sentence(of: Resource, kind: OperationKind, wording: OperationDeclaration): string {
  const thing = of.type.replaceAll('-', ' ')
  const single = of.param.replaceAll('_', ' ')
  const part = wording.relation ? kebab(wording.relation).replaceAll('-', ' ') : ''
  const sentences: Record<OperationKind, string> = {
    list: `List ${thing}.`,
    show: `Show one ${single}.`,
    create: `Create a ${single}.`,
    update: `Change a ${single}.`,
    remove: `Delete a ${single}.`,
    'list-members': `List the ${part} of a ${single}.`,
    'add-members': `Add ${part} to a ${single}.`,
    'replace-members': `Replace the ${part} of a ${single}.`,
    'remove-members': `Remove ${part} from a ${single}.`,
    act: `Act on a ${single}.`,
  }
  return sentences[kind]
}

type Sent = { readonly attributes: Attributes; readonly relations: Relations }

/** The validated input of an operation: values by attribute name, ids for relations (`accountId`, `teams`). Absent: not sent. */
export type InputOf<T extends Sent> = {
  -readonly [K in keyof T['attributes']]?: ValueOf<T['attributes'][K]>
} & {
  -readonly [K in keyof T['relations'] as T['relations'][K] extends ToOne ? `${K & string}Id` : never]?: string | null
} & {
  -readonly [K in keyof T['relations'] as T['relations'][K] extends ToMany ? K : never]?: string[]
}

/** The same at creation: what is required is there, and so is what has a default. */
export type CreateInputOf<T extends Sent> = InputOf<T> & {
  -readonly [K in keyof T['attributes'] as IsGiven<T['attributes'][K]> extends true ? K : never]-?: ValueOf<
    T['attributes'][K]
  >
} & {
  -readonly [K in keyof T['relations'] as T['relations'][K] extends ToOne & { required: true }
    ? `${K & string}Id`
    : never]: string
} & {
  -readonly [K in keyof T['relations'] as T['relations'][K] extends ToMany & { required: true } ? K : never]: string[]
}

type IsGiven<A> = A extends { readonly required: true } | { readonly hasFallback: true } ? true : false

/** The plain members of an action's body. */
export type BodyOf<B extends Attributes> = { -readonly [K in keyof B]?: ValueOf<B[K]> } & {
  -readonly [K in keyof B as B[K] extends { readonly required: true } ? K : never]-?: ValueOf<B[K]>
}

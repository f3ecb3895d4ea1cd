/** Attribute types. Each carries its TypeScript type, JSON Schema, validation and description. */
import { kebab } from './naming.ts'

export type JsonSchema = { readonly [key: string]: unknown }

/** A validation error. `at` is a JSON pointer relative to the attribute, empty for the attribute itself. */
export interface Fault {
  readonly at: string
  readonly detail: string
}

/** When clients can write an attribute or relation. `create` is called write-once in Scalr's API. */
export type Writable = 'never' | 'create' | 'update' | 'always'

export interface Attribute<T = unknown> {
  readonly about: string
  readonly schema: JsonSchema
  readonly check: (value: unknown) => readonly Fault[]
  readonly nullable: boolean
  readonly writable: Writable
  /** Never part of a response, such as a password. */
  readonly writeOnly: boolean
  readonly required: boolean
  /** Default value at creation. */
  readonly fallback?: T
  readonly hasFallback: boolean
  /** Only part of the response that creates the object. */
  readonly shownOnce: boolean
  /** Can contain a token, because it is stored encrypted or hashed. In other attributes, tokens are rejected. */
  readonly holdsSecret: boolean
  /** Unset means "never yet": in sorted lists, unset values precede all others. By default, they come last in either direction. */
  readonly unsetIsEarliest: boolean
}

interface AttributeOptions<T> {
  readonly about: string
  readonly writable?: Writable
  readonly writeOnly?: boolean
  readonly required?: boolean
  readonly fallback?: T
  readonly shownOnce?: boolean
  readonly holdsSecret?: boolean
  readonly unsetIsEarliest?: boolean
}

type Check = (value: unknown) => readonly Fault[]

const fine: readonly Fault[] = []
const fault = (detail: string, at = ''): readonly Fault[] => [{ at, detail }]

/** Whether a declaration sets a flag, as a type. */
export type Flag<W, Name extends string> = W extends { readonly [K in Name]: true } ? true : false

/** What a declaration says about requests and responses, as types: handlers and views are typed by them. */
type Declared<W> = {
  readonly writeOnly: Flag<W, 'writeOnly'>
  readonly shownOnce: Flag<W, 'shownOnce'>
  readonly required: Flag<W, 'required'>
  readonly hasFallback: W extends { readonly fallback: unknown } ? true : false
}

type Kind<T, W> = Attribute<T> & Declared<W>

/** A misspelled member does not compile. */
export type Exact<W, Known> = W & { readonly [K in Exclude<keyof W, keyof Known>]: never }

function attribute<T, W>(options: AttributeOptions<T>, schema: JsonSchema, check: Check): Kind<T, W> {
  const made: Attribute<T> = {
    about: options.about,
    schema,
    check,
    nullable: false,
    writable: options.writable ?? 'never',
    writeOnly: options.writeOnly ?? false,
    required: options.required ?? false,
    shownOnce: options.shownOnce ?? false,
    holdsSecret: options.holdsSecret ?? false,
    unsetIsEarliest: options.unsetIsEarliest ?? false,
    hasFallback: options.fallback !== undefined,
    ...(options.fallback === undefined ? {} : { fallback: options.fallback }),
  }
  return made as Kind<T, W>
}

type Nullable<A extends Attribute> = Attribute<ValueOf<A> | null> &
  Pick<A, 'writeOnly' | 'shownOnce' | 'required' | 'hasFallback'>

/** Makes an attribute nullable. */
export function nullable<A extends Attribute>(inner: A): Nullable<A> {
  const check: Check = (value) => (value === null ? fine : inner.check(value))
  return { ...inner, nullable: true, check } as Attribute as Nullable<A>
}

interface TextOptions extends AttributeOptions<string> {
  /** Maximum number of characters (default: 255). */
  readonly max?: number
  /** Error detail for a blank value. If absent, blank values are allowed. */
  readonly blank?: string
  readonly pattern?: { readonly is: { test(text: string): boolean }; readonly detail: string }
  /** Whether line breaks and tabs are allowed. */
  readonly lines?: boolean
}

// PostgreSQL cannot store NUL, and other control characters could manipulate terminals.
// biome-ignore lint/suspicious/noControlCharactersInRegex: it matches control characters
const controlInLine = /[\u0000-\u001f\u007f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: it matches control characters
const controlInLines = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

export function text<const W extends TextOptions>(options: Exact<W, TextOptions>): Kind<string, W> {
  const max = options.max ?? 255
  const control = options.lines ? controlInLines : controlInLine
  const check: Check = (value) => {
    if (typeof value !== 'string') return fault('Expected a string.')
    if (value.length > max) return fault(`Expected at most ${max} characters.`)
    if (!value.isWellFormed()) return fault('Expected well-formed Unicode without lone surrogates.')
    if (control.test(value)) return fault('Expected no control characters.')
    if (options.blank !== undefined && value.trim() === '') return fault(options.blank)
    if (options.pattern && !options.pattern.is.test(value)) return fault(options.pattern.detail)
    return fine
  }
  return attribute<string, W>(options, { type: 'string', maxLength: max }, check)
}

export function flag<const W extends AttributeOptions<boolean>>(
  options: Exact<W, AttributeOptions<boolean>>,
): Kind<boolean, W> {
  return attribute<boolean, W>(options, { type: 'boolean' }, (value) =>
    typeof value === 'boolean' ? fine : fault('Expected true or false.'),
  )
}

interface IntegerOptions extends AttributeOptions<number> {
  readonly min: number
  readonly max: number
}

export function integer<const W extends IntegerOptions>(options: Exact<W, IntegerOptions>): Kind<number, W> {
  const { min, max } = options
  return attribute<number, W>(options, { type: 'integer', minimum: min, maximum: max }, (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? fine
      : fault(`Expected a whole number from ${min} to ${max}.`),
  )
}

/** A time in UTC with a literal Z, as Scalr's API requires. */
export function timestamp<const W extends AttributeOptions<string>>(
  options: Exact<W, AttributeOptions<string>>,
): Kind<string, W> {
  return attribute<string, W>(options, { type: 'string', format: 'date-time' }, (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
      ? fine
      : fault('Expected a UTC time such as 2030-01-01T00:00:00Z.'),
  )
}

export function choice<const T extends string | number, const W extends AttributeOptions<NoInfer<T>>>(
  values: readonly T[],
  options: Exact<W, AttributeOptions<T>>,
): Kind<T, W> {
  const type = typeof values[0] === 'number' ? 'integer' : 'string'
  return attribute<T, W>(options, { type, enum: values }, (value) =>
    values.includes(value as T) ? fine : fault(`Expected one of ${values.join(', ')}.`),
  )
}

interface ListOptions<T> extends AttributeOptions<T[]> {
  readonly max?: number
  readonly min?: number
}

export function list<T, const W extends ListOptions<NoInfer<T>>>(
  item: Attribute<T>,
  options: Exact<W, ListOptions<T>>,
): Kind<T[], W> {
  const { max = 100, min = 0 } = options
  const schema = {
    type: 'array',
    items: item.nullable ? { ...item.schema, nullable: true } : item.schema,
    maxItems: max,
  }
  return attribute<T[], W>(options, min > 0 ? { ...schema, minItems: min } : schema, (value) => {
    if (!Array.isArray(value)) return fault('Expected an array.')
    if (value.length > max) return fault(`Expected at most ${max} entries.`)
    if (value.length < min) return fault(`Expected at least ${min} ${min === 1 ? 'entry' : 'entries'}.`)
    return value.flatMap((entry, index) =>
      item.check(entry).map(({ at, detail }) => ({ at: `/${index}${at}`, detail })),
    )
  })
}

type Members = { readonly [name: string]: Attribute }

/** An object with declared members. Unknown members are ignored, absent ones stay absent. */
export function object<M extends Members, const W extends AttributeOptions<ObjectOf<NoInfer<M>>>>(
  members: M,
  options: Exact<W, AttributeOptions<ObjectOf<M>>>,
): Kind<ObjectOf<M>, W> {
  const properties = Object.fromEntries(
    Object.entries(members).map(([name, member]) => [kebab(name), valueSchema(member)]),
  )
  const required = Object.keys(members).filter((name) => members[name]?.required)
  const schema = { type: 'object', properties, ...(required.length ? { required: required.map(kebab) } : {}) }
  return attribute<ObjectOf<M>, W>(options, schema, (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault('Expected an object.')
    return Object.entries(members).flatMap(([name, member]) => {
      const at = `/${kebab(name)}`
      const given = (value as Record<string, unknown>)[kebab(name)]
      if (given === undefined) return member.required ? fault('Expected a value.', at) : []
      if (given === null && !member.nullable) return fault('Expected a value, not null.', at)
      return member.check(given).map((inner) => ({ at: at + inner.at, detail: inner.detail }))
    })
  })
}

type ObjectOf<M extends Members> = { [K in keyof M & string]?: ValueOf<M[K]> }

/** A read-only object with arbitrary members, such as a map of booleans. */
type AnyObject = Record<string, unknown>

export function anyObject<const W extends AttributeOptions<AnyObject>>(
  options: Exact<W, AttributeOptions<AnyObject>>,
): Kind<AnyObject, W> {
  return attribute<AnyObject, W>(options, { type: 'object', additionalProperties: true }, () => fine)
}

export type ValueOf<A> = A extends Attribute<infer T> ? T : never

/** Returns the OpenAPI 3.0 schema of an attribute's value. */
export function valueSchema(given: Attribute): JsonSchema {
  const base: Record<string, unknown> = { ...given.schema, description: given.about }
  if (given.nullable) base['nullable'] = true
  // OpenAPI 3.0: the enum of a nullable value must contain null, or validators reject null.
  if (given.nullable && Array.isArray(given.schema['enum'])) base['enum'] = [...given.schema['enum'], null]
  return base
}

/** Attribute kinds: each is one value that knows its TypeScript type, its JSON Schema and its wording. */
import { kebab } from './naming.ts'

export type JsonSchema = { readonly [key: string]: unknown }

/** What is wrong with a value; `at` is a JSON pointer below the attribute, empty for the attribute itself. */
export interface Fault {
  readonly at: string
  readonly detail: string
}

/** When a client may write an attribute or relation. `create` is what the wire contract calls write-once. */
export type Writable = 'never' | 'create' | 'update' | 'always'

export interface Attribute<T = unknown> {
  readonly about: string
  readonly schema: JsonSchema
  readonly check: (value: unknown) => readonly Fault[]
  readonly nullable: boolean
  readonly writable: Writable
  /** Never part of an answer, such as a password. */
  readonly writeOnly: boolean
  readonly required: boolean
  /** Taken when the attribute is absent at creation. */
  readonly fallback?: T
  readonly hasFallback: boolean
  /** Shown only in the answer that created the object. */
  readonly shownOnce: boolean
  /** May hold a token, because it is sealed or hashed. Anywhere else a token is refused. */
  readonly holdsSecret: boolean
}

interface Wording<T> {
  readonly about: string
  readonly writable?: Writable
  readonly writeOnly?: boolean
  readonly required?: boolean
  readonly fallback?: T
  readonly shownOnce?: boolean
  readonly holdsSecret?: boolean
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

function attribute<T, W>(wording: Wording<T>, schema: JsonSchema, check: Check): Kind<T, W> {
  const made: Attribute<T> = {
    about: wording.about,
    schema,
    check,
    nullable: false,
    writable: wording.writable ?? 'never',
    writeOnly: wording.writeOnly ?? false,
    required: wording.required ?? false,
    shownOnce: wording.shownOnce ?? false,
    holdsSecret: wording.holdsSecret ?? false,
    hasFallback: wording.fallback !== undefined,
    ...(wording.fallback === undefined ? {} : { fallback: wording.fallback }),
  }
  return made as Kind<T, W>
}

type Nullable<A extends Attribute> = Attribute<ValueOf<A> | null> &
  Pick<A, 'writeOnly' | 'shownOnce' | 'required' | 'hasFallback'>

/** The same attribute, where null is a value: "there is none". */
export function maybe<A extends Attribute>(inner: A): Nullable<A> {
  const check: Check = (value) => (value === null ? fine : inner.check(value))
  return { ...inner, nullable: true, check } as Attribute as Nullable<A>
}

interface TextWording extends Wording<string> {
  /** Characters, 255 unless told. */
  readonly max?: number
  /** The detail given for a blank value; without it a blank value is allowed. */
  readonly blank?: string
  readonly pattern?: { readonly is: { test(text: string): boolean }; readonly detail: string }
  /** Line breaks and tabs are allowed. */
  readonly lines?: boolean
}

// NUL cannot be stored by PostgreSQL, and other control characters only serve to deceive a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlInLine = /[\u0000-\u001f\u007f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlInLines = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

export function text<const W extends TextWording>(wording: Exact<W, TextWording>): Kind<string, W> {
  const max = wording.max ?? 255
  const control = wording.lines ? controlInLines : controlInLine
  const check: Check = (value) => {
    if (typeof value !== 'string') return fault('Expected a string.')
    if (value.length > max) return fault(`Expected at most ${max} characters.`)
    if (!value.isWellFormed()) return fault('Expected well-formed Unicode without lone surrogates.')
    if (control.test(value)) return fault('Expected no control characters.')
    if (wording.blank !== undefined && value.trim() === '') return fault(wording.blank)
    if (wording.pattern && !wording.pattern.is.test(value)) return fault(wording.pattern.detail)
    return fine
  }
  return attribute<string, W>(wording, { type: 'string', maxLength: max }, check)
}

export function flag<const W extends Wording<boolean>>(wording: Exact<W, Wording<boolean>>): Kind<boolean, W> {
  return attribute<boolean, W>(wording, { type: 'boolean' }, (value) =>
    typeof value === 'boolean' ? fine : fault('Expected true or false.'),
  )
}

interface IntegerWording extends Wording<number> {
  readonly min: number
  readonly max: number
}

export function integer<const W extends IntegerWording>(wording: Exact<W, IntegerWording>): Kind<number, W> {
  const { min, max } = wording
  return attribute<number, W>(wording, { type: 'integer', minimum: min, maximum: max }, (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? fine
      : fault(`Expected a whole number from ${min} to ${max}.`),
  )
}

/** A point in time, UTC with a literal Z (README section 7 of the wire contract). */
export function timestamp<const W extends Wording<string>>(wording: Exact<W, Wording<string>>): Kind<string, W> {
  return attribute<string, W>(wording, { type: 'string', format: 'date-time' }, (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
      ? fine
      : fault('Expected a UTC time such as 2030-01-01T00:00:00Z.'),
  )
}

export function choice<const T extends string | number, const W extends Wording<NoInfer<T>>>(
  values: readonly T[],
  wording: Exact<W, Wording<T>>,
): Kind<T, W> {
  const type = typeof values[0] === 'number' ? 'integer' : 'string'
  return attribute<T, W>(wording, { type, enum: values }, (value) =>
    values.includes(value as T) ? fine : fault(`Expected one of ${values.join(', ')}.`),
  )
}

interface ListWording<T> extends Wording<T[]> {
  readonly max?: number
  readonly min?: number
}

export function list<T, const W extends ListWording<NoInfer<T>>>(
  item: Attribute<T>,
  wording: Exact<W, ListWording<T>>,
): Kind<T[], W> {
  const { max = 100, min = 0 } = wording
  const schema = {
    type: 'array',
    items: item.nullable ? { ...item.schema, nullable: true } : item.schema,
    maxItems: max,
  }
  return attribute<T[], W>(wording, min > 0 ? { ...schema, minItems: min } : schema, (value) => {
    if (!Array.isArray(value)) return fault('Expected an array.')
    if (value.length > max) return fault(`Expected at most ${max} entries.`)
    if (value.length < min) return fault(`Expected at least ${min} ${min === 1 ? 'entry' : 'entries'}.`)
    return value.flatMap((entry, index) =>
      item.check(entry).map(({ at, detail }) => ({ at: `/${index}${at}`, detail })),
    )
  })
}

type Members = { readonly [name: string]: Attribute }

/** An object with known members. Members that are not known are ignored, absent ones are kept absent. */
export function object<M extends Members, const W extends Wording<ObjectOf<NoInfer<M>>>>(
  members: M,
  wording: Exact<W, Wording<ObjectOf<M>>>,
): Kind<ObjectOf<M>, W> {
  const properties = Object.fromEntries(
    Object.entries(members).map(([name, member]) => [kebab(name), valueSchema(member)]),
  )
  const required = Object.keys(members).filter((name) => members[name]?.required)
  const schema = { type: 'object', properties, ...(required.length ? { required: required.map(kebab) } : {}) }
  return attribute<ObjectOf<M>, W>(wording, schema, (value) => {
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

/** An object the server fills and no client writes, such as a map of booleans. */
type AnyObject = Record<string, unknown>

export function anyObject<const W extends Wording<AnyObject>>(
  wording: Exact<W, Wording<AnyObject>>,
): Kind<AnyObject, W> {
  return attribute<AnyObject, W>(wording, { type: 'object', additionalProperties: true }, () => fine)
}

export type ValueOf<A> = A extends Attribute<infer T> ? T : never

/** The OpenAPI 3.0 schema of an attribute's value. */
export function valueSchema(given: Attribute): JsonSchema {
  const base: Record<string, unknown> = { ...given.schema, description: given.about }
  if (given.nullable) base.nullable = true
  // OpenAPI 3.0: an enum lists null too when null is allowed, or validators refuse it.
  if (given.nullable && Array.isArray(given.schema.enum)) base.enum = [...given.schema.enum, null]
  return base
}

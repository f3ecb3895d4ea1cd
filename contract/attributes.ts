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
  /** Only part of the response that creates the object. */
  readonly shownOnce: boolean
  /** Can contain a token, because it is stored encrypted or hashed. In other attributes, tokens are rejected. */
  readonly holdsSecret: boolean
}

interface AttributeOptions<T> {
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

function attribute<T>(options: AttributeOptions<T>, schema: JsonSchema, check: Check): Attribute<T> {
  return {
    about: options.about,
    schema,
    check,
    nullable: false,
    writable: options.writable ?? 'never',
    writeOnly: options.writeOnly ?? false,
    required: options.required ?? false,
    shownOnce: options.shownOnce ?? false,
    holdsSecret: options.holdsSecret ?? false,
    ...(options.fallback === undefined ? {} : { fallback: options.fallback }),
  }
}

/** Makes an attribute nullable. */
export function maybe<T>(inner: Attribute<T>): Attribute<T | null> {
  return { ...inner, nullable: true, check: (value) => (value === null ? fine : inner.check(value)) }
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

export function text(options: TextOptions): Attribute<string> {
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
  return attribute(options, { type: 'string', maxLength: max }, check)
}

export function flag(options: AttributeOptions<boolean>): Attribute<boolean> {
  return attribute(options, { type: 'boolean' }, (value) =>
    typeof value === 'boolean' ? fine : fault('Expected true or false.'),
  )
}

export function integer(
  options: AttributeOptions<number> & { readonly min: number; readonly max: number },
): Attribute<number> {
  const { min, max } = options
  return attribute(options, { type: 'integer', minimum: min, maximum: max }, (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? fine
      : fault(`Expected a whole number from ${min} to ${max}.`),
  )
}

/** A time in UTC with a literal Z, as Scalr's API requires. */
export function timestamp(options: AttributeOptions<string>): Attribute<string> {
  return attribute(options, { type: 'string', format: 'date-time' }, (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
      ? fine
      : fault('Expected a UTC time such as 2030-01-01T00:00:00Z.'),
  )
}

export function choice<const T extends string | number>(
  values: readonly T[],
  options: AttributeOptions<NoInfer<T>>,
): Attribute<T> {
  const type = typeof values[0] === 'number' ? 'integer' : 'string'
  return attribute<T>(options, { type, enum: values }, (value) =>
    values.includes(value as T) ? fine : fault(`Expected one of ${values.join(', ')}.`),
  )
}

export function list<T>(
  item: Attribute<T>,
  options: AttributeOptions<T[]> & { readonly max?: number; readonly min?: number; readonly distinct?: boolean },
): Attribute<T[]> {
  const { max = 100, min = 0 } = options
  const schema = {
    type: 'array',
    items: item.nullable ? { ...item.schema, nullable: true } : item.schema,
    maxItems: max,
  }
  return attribute(options, min > 0 ? { ...schema, minItems: min } : schema, (value) => {
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
export function object<M extends Members>(members: M, options: AttributeOptions<ObjectOf<M>>): Attribute<ObjectOf<M>> {
  const properties = Object.fromEntries(
    Object.entries(members).map(([name, member]) => [kebab(name), valueSchema(member)]),
  )
  const required = Object.keys(members).filter((name) => members[name]?.required)
  const schema = { type: 'object', properties, ...(required.length ? { required: required.map(kebab) } : {}) }
  return attribute(options, schema, (value) => {
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
export function anyObject(options: AttributeOptions<Record<string, unknown>>): Attribute<Record<string, unknown>> {
  return attribute(options, { type: 'object', additionalProperties: true }, () => fine)
}

export type ValueOf<A> = A extends Attribute<infer T> ? T : never

/** Returns the OpenAPI 3.0 schema of an attribute's value. */
export function valueSchema(given: Attribute): JsonSchema {
  const base: Record<string, unknown> = { ...given.schema, description: given.about }
  if (given.nullable) base.nullable = true
  // OpenAPI 3.0: the enum of a nullable value must contain null, or validators reject null.
  if (given.nullable && Array.isArray(given.schema.enum)) base.enum = [...given.schema.enum, null]
  return base
}

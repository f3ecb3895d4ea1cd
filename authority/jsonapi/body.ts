/** Parses the document of a write. Undeclared members are ignored; declared ones are validated. */
import {
  type Attribute,
  type Attributes,
  kebab,
  limits,
  type Relation,
  type Relations,
  type Writable,
} from '@mintmark/contract'
import { Refusal, type RefusalFault } from '../context.ts'

export interface Reference {
  readonly name: string
  readonly relation: Relation
  readonly ids: readonly string[]
}

export interface ReadDocument {
  readonly input: Record<string, unknown>
  /** All objects that the document refers to, to be looked up. */
  readonly references: readonly Reference[]
}

interface Expected {
  readonly type: string
  readonly attributes: Attributes
  readonly relations: Relations
}

export function readDocument(body: unknown, expected: Expected, writing: 'create' | 'update'): ReadDocument {
  const data = memberObject(objectOr(body, '', 'Expected a JSON:API document.'), 'data', '/data')
  if (!data) throw new Refusal('invalid-document', { detail: 'Expected the member data.', at: '/data' })
  if (data['type'] !== expected.type) {
    throw new Refusal('invalid-document', { detail: `Expected the type ${expected.type}.`, at: '/data/type' })
  }
  const attributes = memberObject(data, 'attributes', '/data/attributes') ?? {}
  const relationships = memberObject(data, 'relationships', '/data/relationships') ?? {}
  const faults: RefusalFault[] = []
  const input: Record<string, unknown> = {}
  readAttributes(attributes, expected.attributes, writing, input, faults)
  if (faults.length > 0) throw new Refusal('invalid-attribute', faults.slice(0, 50))
  return { input, references: readRelations(relationships, expected.relations, writing, input) }
}

/** Parses the plain JSON members of an action. */
export function readPlain(body: unknown, members: Attributes): Record<string, unknown> {
  const given = body === undefined ? {} : objectOr(body, '', 'Expected a JSON object.')
  const faults: RefusalFault[] = []
  const read: Record<string, unknown> = {}
  for (const [name, attribute] of Object.entries(members)) {
    const value = given[kebab(name)]
    if (value === undefined) {
      if (attribute.required) faults.push({ detail: 'Expected a value.', at: `/${kebab(name)}` })
      continue
    }
    faults.push(...checked(attribute, value, `/${kebab(name)}`))
    read[name] = value
  }
  if (faults.length > 0) throw new Refusal('invalid-attribute', faults)
  return read
}

/** Returns the IDs in the body of a relationship endpoint, `{"data":[{type,id},…]}`. */
export function readMembers(body: unknown, type: string): string[] {
  const document = objectOr(body, '', 'Expected a JSON:API document.')
  return identifiers(document['data'], type, '/data', 'invalid-document')
}

function readAttributes(
  given: Record<string, unknown>,
  declared: Attributes,
  writing: 'create' | 'update',
  input: Record<string, unknown>,
  faults: RefusalFault[],
): void {
  for (const [name, attribute] of Object.entries(declared)) {
    if (!isWritable(attribute.writable, writing)) continue
    const at = `/data/attributes/${kebab(name)}`
    const value = given[kebab(name)]
    if (value === undefined) {
      if (writing === 'update') continue
      if (attribute.required) faults.push({ detail: missing(attribute), at })
      else if (attribute.fallback !== undefined) input[name] = attribute.fallback
      continue
    }
    faults.push(...checked(attribute, value, at))
    input[name] = value
  }
}

/** A missing required value gets the same error as a blank one. */
const missing = (attribute: Attribute) =>
  attribute.check('').find(({ detail }) => detail.endsWith('mpty.'))?.detail ?? 'Expected a value.'

function checked(attribute: Attribute, value: unknown, at: string): RefusalFault[] {
  if (value === null && !attribute.nullable) return [{ detail: 'Expected a value, not null.', at }]
  return attribute.check(value).map((fault) => ({ detail: fault.detail, at: at + fault.at }))
}

function readRelations(
  given: Record<string, unknown>,
  declared: Relations,
  writing: 'create' | 'update',
  input: Record<string, unknown>,
): Reference[] {
  const references: Reference[] = []
  for (const [name, relation] of Object.entries(declared)) {
    const at = `/data/relationships/${kebab(name)}`
    const sent = given[kebab(name)]
    if (sent === undefined || !isWritable(relation.writable, writing)) {
      if (sent === undefined && relation.required && writing === 'create')
        throw new Refusal('invalid-relationship', { detail: 'Expected a relationship.', at })
      continue
    }
    const { data } = objectOr(sent, at, 'Expected an object with the member data.', 'invalid-relationship')
    if (data === undefined) throw new Refusal('invalid-relationship', { detail: 'Expected the member data.', at })
    if (relation.many) {
      const ids = data === null ? [] : identifiers(data, relation.to, at, 'invalid-relationship')
      if (relation.required && ids.length === 0)
        throw new Refusal('invalid-relationship', { detail: 'Expected at least one.', at })
      input[name] = ids
      references.push({ name, relation, ids })
    } else {
      if (data === null && relation.required)
        throw new Refusal('invalid-relationship', { detail: 'Expected a relationship, not null.', at })
      const id = data === null ? null : identifier(data, relation.to, at, 'invalid-relationship')
      input[`${name}Id`] = id
      if (id !== null) references.push({ name, relation, ids: [id] })
    }
  }
  return references
}

type DocumentRefusal = 'invalid-document' | 'invalid-relationship'

function identifiers(data: unknown, type: string, at: string, code: DocumentRefusal): string[] {
  if (!Array.isArray(data)) throw new Refusal(code, { detail: 'Expected an array of identifiers.', at })
  if (data.length > limits.relatedIds)
    throw new Refusal(code, { detail: `Expected at most ${limits.relatedIds} identifiers.`, at })
  return [...new Set(data.map((each) => identifier(each, type, at, code)))]
}

function identifier(data: unknown, type: string, at: string, code: DocumentRefusal): string {
  const { type: given, id } = objectOr(data, at, 'Expected an identifier with type and id.', code)
  if (given !== type) throw new Refusal(code, { detail: `Expected the type ${type}.`, at })
  if (typeof id !== 'string' || id === '') throw new Refusal(code, { detail: 'Expected an id.', at })
  return id
}

const isWritable = (writable: Writable, writing: 'create' | 'update') => writable === 'always' || writable === writing

function memberObject(of: Record<string, unknown>, name: string, at: string): Record<string, unknown> | undefined {
  const value = of[name]
  return value === undefined || value === null ? undefined : objectOr(value, at, 'Expected an object.')
}

function objectOr(
  value: unknown,
  at: string,
  detail: string,
  code: DocumentRefusal = 'invalid-document',
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(code, { detail, at })
  return value as Record<string, unknown>
}

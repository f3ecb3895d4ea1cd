/** OpenAPI schemas of request bodies. They have direct properties and no $ref, and always require `type`. */
import { type Attribute, type JsonSchema, valueSchema } from './attributes.ts'
import { limits } from './limits.ts'
import { kebab } from './naming.ts'
import type { Attributes, Operation, Relation, Relations } from './resource.ts'

export const mediaType = 'application/vnd.api+json'

export function requestBody(operation: Operation): JsonSchema | undefined {
  const { kind, resource, body, inputDocument, relation } = operation
  if (body) return bodyOf('application/json', plainSchema(body))
  if (inputDocument)
    return bodyOf(
      mediaType,
      documentSchema(inputDocument.type, inputDocument.attributes, inputDocument.relations, 'create'),
    )
  if (kind === 'create' || kind === 'update')
    return bodyOf(mediaType, documentSchema(resource.type, resource.attributes, resource.relations, kind))
  if (relation && kind !== 'list-members')
    return bodyOf(mediaType, membersSchema(resource.relations[relation] as Relation))
  return undefined
}

const bodyOf = (type: string, schema: JsonSchema): JsonSchema => ({ required: true, content: { [type]: { schema } } })

function plainSchema(members: Attributes): JsonSchema {
  const required = Object.keys(members).filter((name) => members[name]?.required)
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(members).map(([name, member]) => [kebab(name), valueSchema(member)])),
    ...(required.length > 0 ? { required: required.map(kebab) } : {}),
  }
}

function documentSchema(
  type: string,
  attributes: Attributes,
  relations: Relations,
  writing: 'create' | 'update',
): JsonSchema {
  const writable = <T extends { writable: string; required: boolean }>(
    from: Readonly<Record<string, T>>,
  ): [string, T][] => Object.entries(from).filter(([, { writable: when }]) => when === 'always' || when === writing)
  const sent = writable(attributes)
  const related = writable(relations)
  const requiredOf = (entries: readonly (readonly [string, { required: boolean }])[]) => {
    const names =
      writing === 'create' ? entries.filter(([, { required }]) => required).map(([name]) => kebab(name)) : []
    return names.length > 0 ? { required: names } : {}
  }
  const attributesSchema = {
    type: 'object',
    properties: Object.fromEntries(sent.map(([name, attribute]) => [kebab(name), withDefault(attribute, writing)])),
    ...requiredOf(sent),
  }
  const relationshipsSchema = {
    type: 'object',
    properties: Object.fromEntries(related.map(([name, relation]) => [kebab(name), linkageSchema(relation, false)])),
    ...requiredOf(related),
  }
  const properties = {
    type: { type: 'string', enum: [type] },
    attributes: attributesSchema,
    ...(related.length > 0 ? { relationships: relationshipsSchema } : {}),
  }
  return {
    type: 'object',
    required: ['data'],
    properties: { data: { type: 'object', required: ['type'], properties } },
  }
}

const withDefault = (attribute: Attribute, writing: 'create' | 'update'): JsonSchema => ({
  ...valueSchema(attribute),
  ...(attribute.fallback !== undefined && writing === 'create' ? { default: attribute.fallback } : {}),
  ...(attribute.writeOnly ? { writeOnly: true } : {}),
})

function membersSchema(relation: Relation): JsonSchema {
  return {
    type: 'object',
    required: ['data'],
    properties: { data: { type: 'array', maxItems: limits.relatedIds, items: identifierSchema(relation.to) } },
  }
}

export const identifierSchema = (type: string): JsonSchema => ({
  type: 'object',
  required: ['id', 'type'],
  properties: { id: { type: 'string' }, type: { type: 'string', enum: [type] } },
})

export function linkageSchema({ to, many, about }: Relation, readOnly: boolean): JsonSchema {
  const data = many ? { type: 'array', items: identifierSchema(to) } : { ...identifierSchema(to), nullable: true }
  return { type: 'object', description: about, properties: { data }, ...(readOnly ? { readOnly: true } : {}) }
}

/**
 * The OpenAPI 3.0 document, drawn from the declarations. Clients build their command lines from it, so its small print
 * is section 12 of the wire contract: path parameters on the operation, one media type, direct properties, no $ref in bodies.
 */
import { type Attribute, type JsonSchema, valueSchema } from './attributes.ts'
import { allOperations, basePath, resourceByType, resources } from './catalogue.ts'
import { limits } from './limits.ts'
import { kebab, pascal } from './naming.ts'
import type { Attributes, Operation, Relation, Relations, Resource } from './resource.ts'

const mediaType = 'application/vnd.api+json'

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>
}

export function openApi(): Document {
  const paths: Record<string, Record<string, JsonSchema>> = {}
  for (const operation of allOperations) {
    const item = paths[operation.path] ?? {}
    item[operation.method.toLowerCase()] = operationObject(operation)
    paths[operation.path] = item
  }
  paths['/ping'] = { get: ping }
  return {
    openapi: '3.0.3',
    info: {
      title: 'Mintmark',
      version: '0.1.0',
      description:
        'API tokens for people and service accounts: minted once, narrow, replaced with ease, dead the moment they are revoked.',
    },
    servers: [
      {
        url: `https://{Domain}${basePath}`,
        variables: { Domain: { default: 'localhost', description: 'Where Mintmark is served.' } },
      },
    ],
    security: [{ token: [] }],
    tags: [
      { name: 'Installation', description: 'The installation itself.' },
      ...resources.map(({ type, about }) => ({ name: pascal(type), description: about })),
    ],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Authorization: Bearer with an access token.' },
      },
      schemas: {
        Errors: errorsSchema,
        ...Object.fromEntries(resources.map((resource) => [pascal(resource.type), resourceSchema(resource)])),
      },
      responses: {
        Refused: {
          description: 'Refused; the document says why.',
          content: { [mediaType]: { schema: { $ref: '#/components/schemas/Errors' } } },
        },
      },
    },
  } as Document
}

/** The document as it is served: JSON is YAML too. */
export const openApiDocument = (): string => `${JSON.stringify(openApi(), null, 2)}\n`

const ping: JsonSchema = {
  operationId: 'ping',
  tags: ['Installation'],
  summary: 'Check that the server answers and the token is good.',
  responses: {
    '200': { description: 'It does.', content: { 'text/plain': { schema: { type: 'string' } } } },
    default: { $ref: '#/components/responses/Refused' },
  },
}

function operationObject(operation: Operation): JsonSchema {
  const { id, about, resource, status, permission } = operation
  const body = requestBody(operation)
  return {
    operationId: id,
    tags: [pascal(resource.type)],
    'x-resource': pascal(resource.param),
    summary: about.replace(/\.$/, ''),
    description: `${about}${permissionText(operation)}`,
    parameters: [...pathParameters(operation), ...queryParameters(operation)],
    ...(body ? { requestBody: body } : {}),
    responses: { [status]: answer(operation), default: { $ref: '#/components/responses/Refused' } },
    ...(permission === 'anyone' ? { security: [] } : {}),
  }
}

function permissionText({ permission }: Operation): string {
  if (permission === 'anyone') return ' Needs no token.'
  if (permission === 'signed-in') return ' Needs a good token.'
  const names = typeof permission === 'string' ? [permission] : [...new Set(Object.values(permission))]
  return ` Needs the permission ${names.join(' or ')}.`
}

function pathParameters({ path }: Operation): JsonSchema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: `The id of the ${name?.replaceAll('_', ' ')}.`,
    schema: { type: 'string' },
  }))
}

const queryParameter = (name: string, description: string, schema: JsonSchema = { type: 'string' }): JsonSchema => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
})

function queryParameters(operation: Operation): JsonSchema[] {
  const { does, resource, filters = [], sort = [], unpaginated, parameters = {} } = operation
  const own = Object.entries(parameters).map(([name, { about, values }]) =>
    queryParameter(name, about, values ? { type: 'string', enum: values } : { type: 'string' }),
  )
  const isList = does === 'list' || does === 'list-members'
  const pages =
    isList && !unpaginated
      ? [
          queryParameter('page[number]', 'Which page, from 1.', {
            type: 'integer',
            minimum: 1,
            maximum: limits.pageNumberMax,
          }),
          queryParameter('page[size]', `How many on a page; at most ${limits.pageSizeMax} are given.`, {
            type: 'integer',
            minimum: 1,
          }),
        ]
      : []
  if (does === 'list-members' || (does === 'act' && operation.answers === 'plain')) return [...pages, ...own]
  const search = does === 'list' && !unpaginated ? [queryParameter('query', 'Free text.')] : []
  const sorted =
    sort.length > 0
      ? [queryParameter('sort', `Comma list of ${sort.map(kebab).join(', ')}; - before a key turns it round.`)]
      : []
  return [
    ...pages,
    ...search,
    ...sorted,
    ...filters.map((name) => queryParameter(`filter[${kebab(name)}]`, filterText(name))),
    ...shapeParameters(operation, resource),
    ...own,
  ]
}

const filterText = (name: string) =>
  `Only where ${kebab(name).replaceAll('-', ' ')} is this; in:a,b for any of, like:text for contains.`

function shapeParameters({ does, answers, status }: Operation, resource: Resource): JsonSchema[] {
  if (does === 'remove' || status === 204) return []
  const of = typeof answers === 'object' ? (resourceByType.get(answers.type) as Resource) : resource
  const includes = Object.entries(of.relations)
    .filter(([, { writeOnly }]) => !writeOnly)
    .map(([name]) => kebab(name))
  const include = includes.length > 0 ? [queryParameter('include', `Comma list of ${includes.join(', ')}.`)] : []
  return [...include, queryParameter(`fields[${of.type}]`, 'Comma list of the members to show.')]
}

function requestBody(operation: Operation): JsonSchema | undefined {
  const { does, resource, body, takes, relation } = operation
  if (body) return bodyOf('application/json', plainSchema(body))
  if (takes) return bodyOf(mediaType, documentSchema(takes.type, takes.attributes, takes.relations, 'create'))
  if (does === 'create' || does === 'update')
    return bodyOf(mediaType, documentSchema(resource.type, resource.attributes, resource.relations, does))
  if (relation && does !== 'list-members')
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

const identifierSchema = (type: string): JsonSchema => ({
  type: 'object',
  required: ['id', 'type'],
  properties: { id: { type: 'string' }, type: { type: 'string', enum: [type] } },
})

function linkageSchema({ to, many, about }: Relation, readOnly: boolean): JsonSchema {
  const data = many ? { type: 'array', items: identifierSchema(to) } : { ...identifierSchema(to), nullable: true }
  return { type: 'object', description: about, properties: { data }, ...(readOnly ? { readOnly: true } : {}) }
}

/** A resource as it is answered. */
function resourceSchema({ type, about, attributes, relations }: Resource): JsonSchema {
  const shown = Object.entries(attributes).filter(([, { writeOnly }]) => !writeOnly)
  const related = Object.entries(relations).filter(([, { writeOnly }]) => !writeOnly)
  return {
    type: 'object',
    description: about,
    required: ['type', 'id', 'attributes'],
    properties: {
      type: { type: 'string', enum: [type] },
      id: { type: 'string' },
      attributes: {
        type: 'object',
        properties: Object.fromEntries(
          shown.map(([name, attribute]) => [
            kebab(name),
            { ...valueSchema(attribute), ...(attribute.writable === 'never' ? { readOnly: true } : {}) },
          ]),
        ),
      },
      relationships: {
        type: 'object',
        properties: Object.fromEntries(
          related.map(([name, relation]) => [kebab(name), linkageSchema(relation, relation.writable === 'never')]),
        ),
      },
      links: { type: 'object', properties: { self: { type: 'string' } } },
    },
  }
}

function answer(operation: Operation): JsonSchema {
  const { status, answers, does, resource, relation, unpaginated } = operation
  if (status === 204) return { description: 'Done.' }
  if (answers === 'plain')
    return { description: 'Done.', content: { 'application/json': { schema: { type: 'object' } } } }
  const type = typeof answers === 'object' ? answers.type : resource.type
  const included = {
    type: 'array',
    items: { type: 'object', properties: { type: { type: 'string' }, id: { type: 'string' } } },
  }
  const one = { $ref: `#/components/schemas/${pascal(type)}` }
  const many = does === 'list-members' ? identifierSchema(resource.relations[relation as string]?.to as string) : one
  const isList = does === 'list' || does === 'list-members'
  const properties = isList
    ? { data: { type: 'array', items: many }, included, ...(unpaginated ? {} : { meta: metaSchema }) }
    : { data: one, included }
  const required = isList && !unpaginated ? ['data', 'meta'] : ['data']
  return {
    description: isList ? 'A page of them.' : 'The object.',
    content: { [mediaType]: { schema: { type: 'object', required, properties } } },
  }
}

const count = { type: 'integer', minimum: 0 }

const metaSchema: JsonSchema = {
  type: 'object',
  required: ['pagination'],
  properties: {
    pagination: {
      type: 'object',
      required: ['current-page', 'page-size', 'prev-page', 'next-page', 'total-pages', 'total-count'],
      properties: {
        'current-page': count,
        'page-size': count,
        'prev-page': { ...count, nullable: true },
        'next-page': { ...count, nullable: true },
        'total-pages': count,
        'total-count': count,
      },
    },
  },
}

const errorsSchema: JsonSchema = {
  type: 'object',
  required: ['errors'],
  properties: {
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['status', 'code', 'title'],
        properties: {
          id: { type: 'string', description: 'The request, as the log names it.' },
          status: { type: 'string' },
          code: { type: 'string' },
          title: { type: 'string' },
          detail: { type: 'string' },
          source: { type: 'object', properties: { pointer: { type: 'string' }, parameter: { type: 'string' } } },
        },
      },
    },
  },
}

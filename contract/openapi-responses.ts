/** OpenAPI schemas of responses. */
import { type JsonSchema, valueSchema } from './attributes.ts'
import { exportFormatsOf, exportTypes } from './exports.ts'
import { limits } from './limits.ts'
import { kebab, pascal } from './naming.ts'
import { identifierSchema, linkageSchema, mediaType } from './openapi-bodies.ts'
import type { Operation, Resource } from './resource.ts'

/** Returns the schema of a resource in a response. */
export function resourceSchema({ type, about, attributes, relations }: Resource): JsonSchema {
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

export function responseOf(operation: Operation): JsonSchema {
  const { status, returns, kind, resource, relation, unpaginated } = operation
  if (status === 204) return { description: 'Success.' }
  const type = typeof returns === 'object' ? returns.type : resource.type
  const included = {
    type: 'array',
    items: { type: 'object', properties: { type: { type: 'string' }, id: { type: 'string' } } },
  }
  const one = { $ref: `#/components/schemas/${pascal(type)}` }
  const many = kind === 'list-members' ? identifierSchema(resource.relations[relation as string]?.to as string) : one
  const isList = kind === 'list' || kind === 'list-members'
  const properties = isList
    ? { data: { type: 'array', items: many }, included, ...(unpaginated ? {} : { meta: metaSchema }) }
    : { data: one, included }
  const required = isList && !unpaginated ? ['data', 'meta'] : ['data']
  return {
    description: isList ? 'One page of the list.' : 'The resource.',
    content: {
      [mediaType]: { schema: { type: 'object', required, properties } },
      ...Object.fromEntries(
        exportFormatsOf(operation).map((format) => [exportTypes[format], { schema: { type: 'string' } }]),
      ),
    },
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
        'total-count': {
          ...count,
          description: `Exact up to ${limits.countedRows} (of a search, and of findings: ${limits.countedMatches}), on the last page and after it, for the unfiltered events of an account and for the unfiltered tokens of an owner. In other cases there are at least this many.`,
        },
      },
    },
    search: {
      type: 'object',
      description: `Present if \`query\` did not search the whole list, because it has more than ${limits.searchedRows} rows. The result has the rows whose ID or last characters equal the text, up to ${limits.countedMatches}; if there are none, those among the first rows of the list that contain the text, and tokens whose name begins with it.`,
      required: ['is-complete', 'searched-rows'],
      properties: {
        'is-complete': { type: 'boolean' },
        'searched-rows': {
          ...count,
          description: 'Number of rows that were searched, the first of the list in its order.',
        },
      },
    },
  },
}

export const errorsSchema: JsonSchema = {
  type: 'object',
  required: ['errors'],
  properties: {
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['status', 'code', 'title'],
        properties: {
          id: { type: 'string', description: 'ID of the request, as in the log.' },
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

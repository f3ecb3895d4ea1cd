/**
 * Generates the OpenAPI 3.0 document from the declarations. Scalr's CLI builds its commands from it, and requires path
 * parameters on the operation, one media type, direct properties, and bodies without $ref.
 */
import type { JsonSchema } from './attributes.ts'
import { basePath } from './base-path.ts'
import { allOperations, resourceByType, resources } from './catalogue.ts'
import { filterKind, filterSchemas } from './filters.ts'
import { limits } from './limits.ts'
import { kebab, pascal } from './naming.ts'
import { mediaType, requestBody } from './openapi-bodies.ts'
import { endpointPathsBesideResources } from './openapi-endpoints.ts'
import { errorsSchema, resourceSchema, responseOf } from './openapi-responses.ts'
import { type Operation, permissionsIn, type Resource } from './resource.ts'

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
  for (const [path, item] of Object.entries(endpointPathsBesideResources())) paths[path] = { ...paths[path], ...item }
  return {
    openapi: '3.0.3',
    info: {
      title: 'Mintmark',
      version: '0.1.0',
      description:
        'API tokens for people and service accounts: least-privilege, rotated without downtime, and rejected from the next request after revocation.',
    },
    servers: [
      {
        url: `https://{Domain}${basePath}`,
        variables: { Domain: { default: 'localhost', description: 'The host of the Mintmark server.' } },
      },
    ],
    security: [{ token: [] }],
    tags: [
      { name: 'Installation', description: 'Health and documentation of the installation.' },
      ...resources.map(({ type, about }) => ({ name: pascal(type), description: about })),
    ],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token in the header `Authorization: Bearer`.',
        },
      },
      schemas: {
        Errors: errorsSchema,
        ...Object.fromEntries(resources.map((resource) => [pascal(resource.type), resourceSchema(resource)])),
      },
      responses: {
        Refused: {
          description: 'The request was refused. The error document states the reason.',
          content: { [mediaType]: { schema: { $ref: '#/components/schemas/Errors' } } },
        },
      },
    },
  } as Document
}

/** The document as it is served. JSON is valid YAML. */
export const openApiDocument = (): string => `${JSON.stringify(openApi(), null, 2)}\n`

function operationObject(operation: Operation): JsonSchema {
  const { id, about, resource, status } = operation
  const body = requestBody(operation)
  return {
    operationId: id,
    tags: [pascal(resource.type)],
    'x-resource': pascal(resource.param),
    summary: about.replace(/\.$/, ''),
    description: `${about}${permissionText(operation)}`,
    parameters: [...pathParameters(operation), ...queryParameters(operation)],
    ...(body ? { requestBody: body } : {}),
    responses: { [status]: responseOf(operation), default: { $ref: '#/components/responses/Refused' } },
  }
}

function permissionText({ permission }: Operation): string {
  if (permission === 'signed-in') return ' Requires a valid token.'
  return ` Requires the permission ${permissionsIn(permission).join(' or ')}.`
}

function pathParameters({ path }: Operation): JsonSchema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: `ID of the ${name?.replaceAll('_', ' ')}.`,
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
  const { kind, resource, filters = [], sort = [], unpaginated, parameters = {}, singleton } = operation
  const own = Object.entries(parameters).map(([name, { about, values }]) =>
    queryParameter(name, about, values ? { type: 'string', enum: values } : { type: 'string' }),
  )
  const isList = kind === 'list' || kind === 'list-members'
  const pages =
    isList && !unpaginated
      ? [
          queryParameter('page[number]', 'Page number, starting at 1.', {
            type: 'integer',
            minimum: 1,
            maximum: limits.pageNumberMax,
          }),
          queryParameter('page[size]', `Entries per page, at most ${limits.pageSizeMax}.`, {
            type: 'integer',
            minimum: 1,
          }),
        ]
      : []
  if (kind === 'list-members') return [...pages, ...own]
  const search = kind === 'list' && !unpaginated ? [queryParameter('query', 'Full-text search.')] : []
  const earliest = sort.filter((key) => resource.attributes[key]?.unsetIsEarliest).map(kebab)
  const unset =
    earliest.length > 0 ? ` Objects without ${earliest.join(', ')} come first, or last in descending order.` : ''
  const sorted =
    sort.length > 0
      ? [
          queryParameter(
            'sort',
            `Comma-separated list of ${sort.map(kebab).join(', ')}. Prefix a key with - for descending order.${unset}`,
          ),
        ]
      : []
  return [
    ...pages,
    ...search,
    ...sorted,
    ...filters.map((name) =>
      queryParameter(
        `filter[${kebab(name)}]`,
        singleton ? accountFilterText : filterText(name),
        filterSchemas[filterKind(name)],
      ),
    ),
    ...shapeParameters(operation, resource),
    ...own,
  ]
}

/** For operations on the one object of each account. */
const accountFilterText = 'Account ID. Defaults to your first account.'

const filterText = (name: string): string => {
  const label = kebab(name).replaceAll('-', ' ')
  const texts = {
    text: `Filter by ${label}. Supports in:a,b for any of several values and like:text for a substring.`,
    instant: `Only entries ${label.replace('expires', 'that expire')} this time (RFC 3339, with any offset).`,
    boolean: `Filter by ${label}: true or false.`,
    days: `Only entries that ${name === 'unusedForDays' ? 'were not used for' : 'expire within'} this number of days.`,
  }
  return texts[filterKind(name)]
}

function shapeParameters({ kind, returns, status }: Operation, resource: Resource): JsonSchema[] {
  if (kind === 'remove' || status === 204) return []
  const of = typeof returns === 'object' ? (resourceByType.get(returns.type) as Resource) : resource
  const includes = Object.entries(of.relations)
    .filter(([, { writeOnly }]) => !writeOnly)
    .map(([name]) => kebab(name))
  const include =
    includes.length > 0
      ? [queryParameter('include', `Related resources to include: comma-separated list of ${includes.join(', ')}.`)]
      : []
  return [
    ...include,
    queryParameter(`fields[${of.type}]`, 'Comma-separated list of the attributes and relationships to return.'),
  ]
}

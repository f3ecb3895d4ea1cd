/**
 * The OpenAPI 3.0 document, drawn from the declarations. Clients build their command lines from it, so its small print
 * is section 12 of the wire contract: path parameters on the operation, one media type, direct properties, no $ref in bodies.
 */
import type { JsonSchema } from './attributes.ts'
import { basePath } from './base-path.ts'
import { allOperations, resourceByType, resources } from './catalogue.ts'
import { filterKind, filterSchemas } from './filters.ts'
import { limits } from './limits.ts'
import { kebab, pascal } from './naming.ts'
import { answer, errorsSchema, resourceSchema } from './openapi-answers.ts'
import { mediaType, requestBody } from './openapi-bodies.ts'
import { endpointPathsBesideResources } from './openapi-endpoints.ts'
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
    responses: { [status]: answer(operation), default: { $ref: '#/components/responses/Refused' } },
  }
}

function permissionText({ permission }: Operation): string {
  if (permission === 'signed-in') return ' Needs a good token.'
  return ` Needs the permission ${permissionsIn(permission).join(' or ')}.`
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
  const { kind, resource, filters = [], sort = [], unpaginated, parameters = {}, singleton } = operation
  const own = Object.entries(parameters).map(([name, { about, values }]) =>
    queryParameter(name, about, values ? { type: 'string', enum: values } : { type: 'string' }),
  )
  const isList = kind === 'list' || kind === 'list-members'
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
  if (kind === 'list-members') return [...pages, ...own]
  const search = kind === 'list' && !unpaginated ? [queryParameter('query', 'Free text.')] : []
  const sorted =
    sort.length > 0
      ? [queryParameter('sort', `Comma list of ${sort.map(kebab).join(', ')}; - before a key turns it round.`)]
      : []
  return [
    ...pages,
    ...search,
    ...sorted,
    ...filters.map((name) =>
      queryParameter(`filter[${kebab(name)}]`, singleton ? whose : filterText(name), filterSchemas[filterKind(name)]),
    ),
    ...shapeParameters(operation, resource),
    ...own,
  ]
}

/** There is one for each account. */
const whose = 'Of which account, by its id; of your first unless told.'

const filterText = (name: string): string => {
  const what = kebab(name).replaceAll('-', ' ')
  const texts = {
    text: `Only where ${what} is this; in:a,b for any of, like:text for contains.`,
    instant: `Only ${what} this time, in RFC 3339 with any offset.`,
    boolean: `Only where ${what} is true, or false.`,
  }
  return texts[filterKind(name)]
}

function shapeParameters({ kind, answers, status }: Operation, resource: Resource): JsonSchema[] {
  if (kind === 'remove' || status === 204) return []
  const of = typeof answers === 'object' ? (resourceByType.get(answers.type) as Resource) : resource
  const includes = Object.entries(of.relations)
    .filter(([, { writeOnly }]) => !writeOnly)
    .map(([name]) => kebab(name))
  const include = includes.length > 0 ? [queryParameter('include', `Comma list of ${includes.join(', ')}.`)] : []
  return [...include, queryParameter(`fields[${of.type}]`, 'Comma list of the members to show.')]
}

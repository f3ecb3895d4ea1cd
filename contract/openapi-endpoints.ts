/** OpenAPI of the endpoints. Those below the base path are part of the document of the resources; all others have their own. */
import { type JsonSchema, valueSchema } from './attributes.ts'
import { basePath, openApiPath } from './base-path.ts'
import { resourceByType } from './catalogue.ts'
import { bodySchema, type Caller, type EndpointDeclaration, type EndpointResponse, isCheckedBody } from './endpoint.ts'
import { endpointGroups } from './endpoints/catalogue.ts'
import { limits } from './limits.ts'
import { kebab, pascal } from './naming.ts'
import { mediaType } from './openapi-bodies.ts'
import { errorsSchema } from './openapi-responses.ts'

type Paths = Record<string, Record<string, JsonSchema>>

/** The OpenAPI document does not describe its own endpoint. */
const isBesideResources = ({ path }: EndpointDeclaration) => path.startsWith(`${basePath}/`) && path !== openApiPath

/** Path objects by path relative to the base path. */
export const endpointPathsBesideResources = (): Paths =>
  pathsOf(isBesideResources, (path) => path.slice(basePath.length))

export function endpointOpenApi() {
  const isIncluded = (endpoint: EndpointDeclaration) => !isBesideResources(endpoint)
  return {
    openapi: '3.0.3',
    info: {
      title: 'Mintmark endpoints',
      version: '0.1.0',
      description: `Sign-in, OAuth, leak reports and the installation. ${openApiPath} describes the resources.`,
    },
    servers: [
      {
        url: 'https://{Domain}',
        variables: { Domain: { default: 'localhost', description: 'The host of the Mintmark server.' } },
      },
    ],
    tags: endpointGroups
      .filter(({ endpoints }) => endpoints.some(isIncluded))
      .map(({ name, about }) => ({ name, description: about })),
    paths: pathsOf(isIncluded, (path) => path),
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token in the header `Authorization: Bearer`.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-mintmark',
          description: 'A console session. Requests also require the header `X-Mintmark-Console: 1`.',
        },
        client: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'A secret that the operator configured.',
        },
      },
      schemas: { Errors: errorsSchema, OAuthError: oauthErrorSchema },
      responses: {
        Refused: {
          description: 'The request was refused. The error document states the reason.',
          content: { [mediaType]: { schema: { $ref: '#/components/schemas/Errors' } } },
        },
      },
    },
  }
}

export const endpointOpenApiDocument = (): string => `${JSON.stringify(endpointOpenApi(), null, 2)}\n`

/** RFC 6749 section 5.2. */
const oauthErrorSchema: JsonSchema = {
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'string' } },
}

function pathsOf(isIncluded: (endpoint: EndpointDeclaration) => boolean, toPath: (path: string) => string): Paths {
  const paths: Paths = {}
  for (const { name, endpoints } of endpointGroups)
    for (const endpoint of endpoints.filter(isIncluded)) {
      const path = toPath(endpoint.path)
      paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationObject(endpoint, name) }
    }
  return paths
}

function operationObject(endpoint: EndpointDeclaration, group: string): JsonSchema {
  const { id, about, responses, ofResource } = endpoint
  const resource = ofResource === undefined ? undefined : resourceByType.get(ofResource)
  const body = requestBody(endpoint)
  return {
    operationId: id,
    tags: [resource ? pascal(resource.type) : group],
    ...(resource ? { 'x-resource': pascal(resource.param) } : {}),
    summary: about.replace(/\.$/, ''),
    description: `${about} ${requirementsOf(endpoint)}`,
    parameters: [...pathParameters(endpoint), ...queryParameters(endpoint)],
    ...(body ? { requestBody: body } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([status, declared]) => [status, responseObjectOf(declared)]),
      ),
      ...errorResponses(endpoint),
    },
    security: security[endpoint.caller],
  }
}

const security: Readonly<Record<Caller, readonly JsonSchema[]>> = {
  token: [{ token: [] }],
  session: [{ session: [] }],
  client: [{ client: [] }],
  signature: [],
  anyone: [],
}

const authenticationTexts: Readonly<Record<Caller, string>> = {
  token: 'Requires a valid token.',
  session: 'Requires a console session.',
  client: 'Requires the secret that the operator configured.',
  signature: 'Requires a signature over the body.',
  anyone: 'Requires no authentication.',
}

/** Returns sentences on authentication, permission, re-authentication and rate limits. */
function requirementsOf({ caller, permission, stepUp, fromConsole, limits: names = [] }: EndpointDeclaration): string {
  return [
    permission === undefined ? authenticationTexts[caller] : `Requires the permission ${permission}.`,
    fromConsole ? 'Only pages of the console can call it.' : '',
    stepUp === true ? 'Sessions require recent re-authentication.' : '',
    names.length > 0
      ? `Limits: ${names.map((name) => `${name} (${limits[name].toLocaleString('en')})`).join(', ')}.`
      : '',
  ]
    .filter(Boolean)
    .join(' ')
}

function pathParameters({ path }: EndpointDeclaration): JsonSchema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: name === 'reporter' ? 'Name of the reporter.' : `ID of the ${name.replaceAll('_', ' ')}.`,
    schema: { type: 'string' },
  }))
}

function queryParameters({ query = {} }: EndpointDeclaration): JsonSchema[] {
  return Object.entries(query).map(([name, attribute]) => ({
    name: kebab(name),
    in: 'query',
    required: false,
    description: attribute.about,
    schema: attribute.schema,
  }))
}

function requestBody({ body }: EndpointDeclaration): JsonSchema | undefined {
  if (!body) return undefined
  if (!isCheckedBody(body))
    return {
      required: true,
      content: Object.fromEntries(Object.entries(body.content).map(([type, schema]) => [type, { schema }])),
    }
  const type = body.as === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  return { required: true, content: { [type]: { schema: bodySchema(body) } } }
}

function responseObjectOf({ about, content, headers }: EndpointResponse): JsonSchema {
  const entries = Object.entries(content).map(([type, attribute]) => [
    type,
    { schema: type === 'application/json' ? valueSchema(attribute) : attribute.schema },
  ])
  const described = Object.entries(headers ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ])
  return {
    description: about,
    ...(entries.length > 0 ? { content: Object.fromEntries(entries) } : {}),
    ...(described.length > 0 ? { headers: Object.fromEntries(described) } : {}),
  }
}

function errorResponses({ errorStyle }: EndpointDeclaration): JsonSchema {
  const refused = { default: { $ref: '#/components/responses/Refused' } }
  if (errorStyle !== 'oauth') return refused
  const oauthError = {
    description: 'An OAuth error, or an error document if the request could not be parsed.',
    content: {
      'application/json': { schema: { $ref: '#/components/schemas/OAuthError' } },
      [mediaType]: { schema: { $ref: '#/components/schemas/Errors' } },
    },
  }
  return { 400: oauthError, 429: oauthError, ...refused }
}

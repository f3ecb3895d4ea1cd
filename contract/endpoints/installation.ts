/** Endpoints of the installation: connectivity, specifications, metrics. */
import { text } from '../attributes.ts'
import { basePath, openApiPath } from '../base-path.ts'
import { endpoint, jsonResponse, responseObject, textResponse } from '../endpoint.ts'

export const installationEndpoints = {
  ping: endpoint({
    id: 'ping',
    about: 'Check connectivity and whether the token is valid.',
    method: 'GET',
    path: `${basePath}/ping`,
    caller: 'token',
    responses: { 200: textResponse('The token is valid.', 'text/plain') },
  }),
  getVersion: endpoint({
    id: 'get_version',
    about: 'Get the version of the server.',
    method: 'GET',
    path: '/auth/version',
    caller: 'session',
    responses: {
      200: jsonResponse(
        'The version.',
        responseObject('The version.', { version: text({ about: 'Version of Mintmark.' }) }),
      ),
    },
  }),
  getOpenapi: endpoint({
    id: 'get_openapi',
    about: 'Get the OpenAPI document of the resources.',
    method: 'GET',
    path: openApiPath,
    caller: 'anyone',
    responses: { 200: textResponse('The document in JSON, which is valid YAML.', 'application/yaml') },
  }),
  getEndpointOpenapi: endpoint({
    id: 'get_endpoint_openapi',
    about: 'Get the OpenAPI document of the other endpoints.',
    method: 'GET',
    path: '/openapi-endpoints.yml',
    caller: 'anyone',
    responses: { 200: textResponse('The document in JSON, which is valid YAML.', 'application/yaml') },
  }),
  getMetrics: endpoint({
    id: 'get_metrics',
    about: 'Get the Prometheus metrics of this node. Requires the metrics token (`MINTMARK_METRICS_TOKEN`).',
    method: 'GET',
    path: '/metrics',
    caller: 'client',
    responses: { 200: textResponse('The metrics.', 'text/plain') },
    limits: ['invalidTokensPerMinute'],
  }),
}

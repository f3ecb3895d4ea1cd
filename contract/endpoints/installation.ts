/** The installation itself: connectivity, documentation, metrics. */
import { basePath, openApiPath } from '../base-path.ts'
import { endpoint, textAnswer } from '../endpoint.ts'

export const installationEndpoints = {
  ping: endpoint({
    id: 'ping',
    about: 'Check that the server answers and the token is valid.',
    method: 'GET',
    path: `${basePath}/ping`,
    caller: 'token',
    answers: { 200: textAnswer('They are.', 'text/plain') },
  }),
  getOpenapi: endpoint({
    id: 'get_openapi',
    about: 'Show the OpenAPI document of the resources.',
    method: 'GET',
    path: openApiPath,
    caller: 'anyone',
    answers: { 200: textAnswer('The document, as JSON, which is valid YAML.', 'application/yaml') },
  }),
  getEndpointOpenapi: endpoint({
    id: 'get_endpoint_openapi',
    about: 'Show the OpenAPI document of the endpoints outside of the resources.',
    method: 'GET',
    path: '/openapi-endpoints.yml',
    caller: 'anyone',
    answers: { 200: textAnswer('The document, as JSON, which is valid YAML.', 'application/yaml') },
  }),
  getReference: endpoint({
    id: 'get_reference',
    about: 'Show the API reference.',
    method: 'GET',
    path: '/docs',
    caller: 'anyone',
    answers: { 200: textAnswer('The page.', 'text/html') },
  }),
  getMetrics: endpoint({
    id: 'get_metrics',
    about: 'Show the metrics of this node for Prometheus. Authenticates with the metrics token of the configuration.',
    method: 'GET',
    path: '/metrics',
    caller: 'client',
    answers: { 200: textAnswer('The metrics.', 'text/plain') },
    limits: ['badTokensPerMinute'],
  }),
}

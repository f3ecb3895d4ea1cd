/** Endpoints of Scalr's API that use plain JSON. */
import { anyObject, integer, list, nullable, text } from '../attributes.ts'
import { basePath } from '../base-path.ts'
import { endpoint, jsonBody, jsonResponse, responseObject } from '../endpoint.ts'

export const plainJsonEndpoints = {
  assumeServiceAccount: endpoint({
    id: 'assume_service_account',
    about: 'Exchange the OIDC token of a workload for a short-lived token of a service account.',
    method: 'POST',
    path: `${basePath}/service-accounts/assume`,
    ofResource: 'service-accounts',
    caller: 'anyone',
    body: jsonBody(
      {
        idToken: text({ about: 'OIDC ID token of the workload.', max: 16_384 }),
        serviceAccountEmail: text({ about: 'Email address of the service account to assume.', max: 512 }),
      },
      {
        lifetime: nullable(
          integer({ about: 'Lifetime in seconds, up to the maximum of the assume policy.', min: 60, max: 43_200 }),
        ),
      },
    ),
    responses: {
      200: jsonResponse(
        'The token. It is returned only once.',
        responseObject('A token.', { accessToken: text({ about: 'The token.', max: 512 }) }),
      ),
    },
    limits: ['invalidTokensPerMinute'],
  }),
  getWorkspaceOutputs: endpoint({
    id: 'get_workspace_outputs',
    about: 'List the outputs of the latest state of a workspace. Always empty.',
    method: 'GET',
    path: `${basePath}/workspaces/{workspace}/outputs`,
    ofResource: 'workspaces',
    caller: 'token',
    permission: 'workspaces:read',
    permissionOn: { type: 'workspaces' },
    responses: {
      200: jsonResponse(
        'The outputs.',
        responseObject('Outputs.', { data: list(anyObject({ about: 'An output.' }), { about: 'The outputs.' }) }),
      ),
    },
  }),
}

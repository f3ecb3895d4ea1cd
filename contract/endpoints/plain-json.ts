/** What Scalr's clients call below the base path with plain JSON. */
import { anyObject, integer, list, maybe, text } from '../attributes.ts'
import { basePath } from '../base-path.ts'
import { endpoint, jsonAnswer, jsonBody, shape } from '../endpoint.ts'

export const plainJsonEndpoints = {
  assumeServiceAccount: endpoint({
    id: 'assume_service_account',
    about: 'Exchange an OIDC token of a workload for a short token of a service account.',
    method: 'POST',
    path: `${basePath}/service-accounts/assume`,
    ofResource: 'service-accounts',
    caller: 'anyone',
    body: jsonBody(
      {
        idToken: text({ about: 'The OIDC ID token of the workload.', max: 16_384 }),
        serviceAccountEmail: text({ about: 'Which service account to become.', max: 512 }),
      },
      { lifetime: maybe(integer({ about: 'Seconds; at most what the policy allows.', min: 60, max: 43_200 })) },
    ),
    answers: {
      200: jsonAnswer(
        'The token, shown only once.',
        shape('A token.', { accessToken: text({ about: 'The token.', max: 512 }) }),
      ),
    },
    limits: ['badTokensPerMinute'],
  }),
  getWorkspaceOutputs: endpoint({
    id: 'get_workspace_outputs',
    about: 'The outputs of the last state; always empty here.',
    method: 'GET',
    path: `${basePath}/workspaces/{workspace}/outputs`,
    ofResource: 'workspaces',
    caller: 'token',
    permission: 'workspaces:read',
    permissionOn: { type: 'workspaces' },
    answers: {
      200: jsonAnswer(
        'The outputs.',
        shape('Outputs.', { data: list(anyObject({ about: 'An output.' }), { about: 'The outputs.' }) }),
      ),
    },
  }),
}

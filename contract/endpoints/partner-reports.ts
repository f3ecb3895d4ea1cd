/** Leak reports by code hosts: GitHub's partner program and alert webhook, GitLab's revocation API. */
import { flag, list, text } from '../attributes.ts'
import { emptyResponse, endpoint, jsonResponse, responseObject, uncheckedBody } from '../endpoint.ts'
import { limits } from '../limits.ts'

const string = { type: 'string' } as const

/** Reports as defined by the protocols of the code hosts. */
const reports = (members: readonly string[]) => ({
  type: 'array',
  maxItems: limits.leakTokensPerReport,
  items: {
    type: 'object',
    required: ['token'],
    properties: Object.fromEntries(members.map((name) => [name, string])),
  },
})

export const partnerReportEndpoints = {
  reportPartnerLeaks: endpoint({
    id: 'report_partner_leaks',
    about:
      "Report leaked tokens with the protocol of GitHub's secret scanning partner program. The reporter is `github` or a configured one.",
    method: 'POST',
    path: '/leaks/{reporter}',
    caller: 'signature',
    bodyLimit: 'bodyBytes',
    body: uncheckedBody({ 'application/json': reports(['token', 'type', 'url', 'source']) }),
    responses: {
      200: jsonResponse(
        'Feedback on each report.',
        list(
          responseObject('Feedback on one report.', {
            token_hash: text({ about: 'SHA-256 of the reported token, in hexadecimal.' }),
            token_type: text({ about: 'Type in the report.' }),
            label: text({ about: '`true_positive` or `false_positive`.' }),
          }),
          { about: 'Feedback in the order of the reports.', max: limits.leakTokensPerReport },
        ),
      ),
    },
    limits: ['leakReportsPerMinute'],
  }),
  receiveGithubAlert: endpoint({
    id: 'receive_github_alert',
    about: "Receive secret scanning alerts of GitHub, signed with the webhook's secret.",
    method: 'POST',
    path: '/leaks/github/webhook',
    caller: 'signature',
    bodyLimit: 'bodyBytes',
    body: uncheckedBody({ 'application/json': { type: 'object', additionalProperties: true } }),
    responses: {
      202: jsonResponse(
        'The delivery was received.',
        responseObject('A receipt.', {
          queued: flag({ about: 'Whether the delivery is new and refers to an alert.' }),
        }),
      ),
    },
    limits: ['leakReportsPerMinute'],
  }),
  listRevocableTokenTypes: endpoint({
    id: 'list_revocable_token_types',
    about: "List the token types that GitLab's Token Revocation API can report.",
    method: 'GET',
    path: '/v1/revocable_token_types',
    caller: 'client',
    responses: {
      200: jsonResponse(
        'The types.',
        responseObject('Token types.', { types: list(text({ about: 'A type.' }), { about: 'The types.' }) }),
      ),
    },
    limits: ['leakReportsPerMinute'],
  }),
  revokeGitlabTokens: endpoint({
    id: 'revoke_gitlab_tokens',
    about: "Report leaked tokens with GitLab's Token Revocation API. Do not retry a report that fails with 400.",
    method: 'POST',
    path: '/v1/revoke_tokens',
    caller: 'client',
    body: uncheckedBody({ 'application/json': reports(['token', 'type', 'location']) }),
    responses: { 204: emptyResponse('The reports were received.') },
    limits: ['leakReportsPerMinute'],
  }),
}

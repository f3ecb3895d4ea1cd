/** Leaked tokens that code hosts report: GitHub's partner program and alert webhook, GitLab's revocation API. */
import { flag, list, text } from '../attributes.ts'
import { emptyAnswer, endpoint, jsonAnswer, shape, uncheckedBody } from '../endpoint.ts'
import { limits } from '../limits.ts'

const string = { type: 'string' } as const

/** As their protocols define them. */
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
      "Report leaked tokens as GitHub's secret scanning partner program does, with a signature over the body. `github`, or another configured reporter.",
    method: 'POST',
    path: '/leaks/{reporter}',
    caller: 'signature',
    bytes: 'bodyBytes',
    body: uncheckedBody({ 'application/json': reports(['token', 'type', 'url', 'source']) }),
    answers: {
      200: jsonAnswer(
        'Whether each report was a true positive.',
        list(
          shape('Feedback on one report.', {
            token_hash: text({ about: 'SHA-256 of the reported token, in hexadecimal.' }),
            token_type: text({ about: 'As it was reported.' }),
            label: text({ about: '`true_positive` or `false_positive`.' }),
          }),
          { about: 'In the order of the reports.', max: limits.leakTokensPerReport },
        ),
      ),
    },
    limits: ['leakReportsPerMinute'],
  }),
  receiveGithubAlert: endpoint({
    id: 'receive_github_alert',
    about: "Receive GitHub's secret scanning alerts, signed with the secret of the webhook.",
    method: 'POST',
    path: '/leaks/github/webhook',
    caller: 'signature',
    bytes: 'bodyBytes',
    body: uncheckedBody({ 'application/json': { type: 'object', additionalProperties: true } }),
    answers: {
      202: jsonAnswer(
        'The delivery was received.',
        shape('A receipt.', { queued: flag({ about: 'It is new, and names an alert.' }) }),
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
    answers: {
      200: jsonAnswer(
        'The types.',
        shape('Token types.', { types: list(text({ about: 'A type.' }), { about: 'The types.' }) }),
      ),
    },
    limits: ['leakReportsPerMinute'],
  }),
  revokeGitlabTokens: endpoint({
    id: 'revoke_gitlab_tokens',
    about: "Report leaked tokens as GitLab's Token Revocation API does. A report with 400 must not be sent again.",
    method: 'POST',
    path: '/v1/revoke_tokens',
    caller: 'client',
    body: uncheckedBody({ 'application/json': reports(['token', 'type', 'location']) }),
    answers: { 204: emptyAnswer('The reports were received.') },
    limits: ['leakReportsPerMinute'],
  }),
}

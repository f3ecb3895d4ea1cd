/** The endpoints with which code hosts report leaked tokens, and how the hosts authenticate. */
import { createHash } from 'node:crypto'
import type { LeakSource } from '@mintmark/contract'
import { ruleId } from '@mintmark/token'
import { Refusal } from '../../context.ts'
import type { EndpointRequest, OpenRequest, ResultOf } from '../../endpoint-request.ts'
import { githubAlert, queueAlert } from '../github/github-alerts.ts'
import { isFromGitHub, readDelivery } from '../github/github-delivery.ts'
import type { Found } from '../process-reports.ts'
import { readGitLabReports, readPartnerReports } from '../read-reports.ts'
import { type LeakServices, limitReports, queueReport } from './report-services.ts'

export { githubAlert }

export const gitlab: LeakSource = 'gitlab'

type Presented = Pick<EndpointRequest, 'headers' | 'request'> & { readonly params: Readonly<Record<string, string>> }

/**
 * GitHub's secret scanning partner program, and reporters with the same scheme: verifies the signature over the raw
 * body before parsing it.
 */
export async function requireReporter(
  { limit, reporters }: LeakServices,
  { headers, request, params }: Presented,
  body: Uint8Array,
): Promise<void> {
  const found = reporters.find(({ reporter }) => reporter.name === params['reporter'])
  const signature = found ? await found.signature.check(headers, body) : 'missing'
  if (signature === 'good') return
  if (signature === 'keys-unavailable')
    throw new Refusal('keys-unavailable', {
      detail: 'The keys of this reporter cannot be fetched right now.',
      retryAfterSeconds: 30,
    })
  limitReports(limit.strike(request.address))
  throw new Refusal(
    'invalid-signature',
    { detail: 'Expected the signature of a current key of this reporter over the body.' },
    { cause: `signature-${signature}` },
  )
}

export function requireGithubWebhook(
  { limit, webhookSecret }: LeakServices,
  { headers, request }: Presented,
  body: Uint8Array,
): void {
  const signature = headers['x-hub-signature-256']
  if (webhookSecret && isFromGitHub(webhookSecret.bytes(), body, signature)) return
  limitReports(limit.strike(request.address))
  throw new Refusal(
    'invalid-signature',
    { detail: 'Expected X-Hub-Signature-256 over the body under the secret of the webhook.' },
    { cause: `signature-${signature ? 'wrong' : 'missing'}` },
  )
}

export async function reportPartnerLeaks(
  services: LeakServices,
  { body, request, params }: OpenRequest<'reportPartnerLeaks'>,
): Promise<ResultOf<'reportPartnerLeaks'>> {
  const found = readPartnerReports(body.json())
  const outcomes = await queueReport(services, request, params.reporter, found)
  // The feedback contains a hash instead of the token, which has already leaked.
  return {
    json: found.map(({ text, type }, index) => ({
      token_hash: createHash('sha256').update(text).digest('hex'),
      token_type: type,
      label: outcomes[index] === null ? 'false_positive' : 'true_positive',
    })),
  }
}

/** Stores the alert before the response; it is processed right afterwards. A repeated delivery is stored once. */
export async function receiveGithubAlert(
  { intake }: LeakServices,
  { headers, body }: OpenRequest<'receiveGithubAlert'>,
): Promise<ResultOf<'receiveGithubAlert'>> {
  const delivery = readDelivery(headers, body.json())
  return { json: { queued: delivery !== null && (await queueAlert(intake, delivery)) } }
}

export const listRevocableTokenTypes = (): ResultOf<'listRevocableTokenTypes'> => ({
  json: { types: [`gitleaks_rule_id_${ruleId}`] },
})

/** GitLab's Token Revocation API repeats a report unless the response is 204 or 400. */
export async function revokeGitlabTokens(
  services: LeakServices,
  { body, request }: OpenRequest<'revokeGitlabTokens'>,
): Promise<ResultOf<'revokeGitlabTokens'>> {
  let found: readonly Found[]
  try {
    found = readGitLabReports(body.json())
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'unsupported-media-type')
      throw new Refusal('malformed-request', error.faults)
    throw error
  }
  await queueReport(services, request, gitlab, found)
  return {}
}

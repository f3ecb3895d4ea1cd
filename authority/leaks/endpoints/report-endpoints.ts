/** The public endpoints that report, check and recognize leaked tokens. */
import { type RuleFormat, ruleFile } from '@mintmark/token'
import type { OpenRequest, ReceivedBody, ResultOf, TokenRequest } from '../../endpoint-request.ts'
import { statesOf } from '../../verdicts/states-of.ts'
import { holder } from '../decide.ts'
import { fingerprintFile } from '../fingerprint-file.ts'
import { leakPage } from '../page.ts'
import { readHashes, readHolderReports, readPasted, readTruffleHog } from '../read-reports.ts'
import { type LeakServices, limitReports, queueReport } from './report-services.ts'

export const getLeakPage = (): ResultOf<'getLeakPage'> => ({ ...page(), status: 200 })

/** Any token holder may revoke a token. The response contains the number of submitted strings, never which were valid. */
export async function reportLeaks(
  services: LeakServices,
  { body, request }: OpenRequest<'reportLeaks'>,
): Promise<ResultOf<'reportLeaks'>> {
  limitReports(services.limit.strike(request.address))
  const isForm = /^application\/x-www-form-urlencoded/i.test(body.mediaType)
  const found = isForm
    ? readPasted(body.bytes, () => [body.formMember('tokens') ?? '', body.formMember('url')])
    : readReports(body)
  limitReports(services.entryLimit.strike(request.address, found.length))
  await queueReport(services, request, holder, found)
  return isForm ? page(found.length) : { status: 202, json: { received: found.length } }
}

const readReports = (body: ReceivedBody) =>
  /^text\/plain/i.test(body.mediaType) ? readPasted(body.bytes) : readHolderReports(body.json())

/**
 * Only a token holder can compute the hash, and the hash grants no access, so this requires no authentication and
 * revokes nothing.
 */
export async function checkTokens(
  { db, baseContext, limit }: LeakServices,
  { body, request }: OpenRequest<'checkTokens'>,
): Promise<ResultOf<'checkTokens'>> {
  limitReports(limit.strike(request.address))
  return { json: { states: await statesOf(db, baseContext.world, readHashes(body.json())) } }
}

/** Verifies a found token for TruffleHog. */
export async function verifyFoundToken(
  { limit, verifyToken }: LeakServices,
  { body, request }: OpenRequest<'verifyFoundToken'>,
): Promise<ResultOf<'verifyFoundToken'>> {
  limitReports(limit.strike(request.address))
  // Older releases send no content type.
  const verdict = await verifyToken(readTruffleHog(body.anyJson()), request.address)
  return { status: verdict.good || verdict.code === 'not-from-this-network' ? 200 : 403 }
}

export function getRuleFile(
  { baseContext }: LeakServices,
  request: OpenRequest<'getRuleFile'>,
): ResultOf<'getRuleFile'> {
  const format: RuleFormat = request.query.format ?? 'regex'
  const { mediaType, text } = ruleFile(format, baseContext.installation.mark, request.origin())
  return { text, mediaType }
}

export async function getFingerprints(
  { db, baseContext }: LeakServices,
  { caller }: TokenRequest<'getFingerprints'>,
): Promise<ResultOf<'getFingerprints'>> {
  return {
    text: await fingerprintFile({ ...baseContext, db }, caller.accounts),
    mediaType: 'text/plain; charset=utf-8',
    headers: { 'content-disposition': 'attachment; filename="mintmark.fingerprints"' },
  }
}

const page = (received?: number) => ({
  status: received === 0 ? (422 as const) : (200 as const),
  text: leakPage(received),
  mediaType: 'text/html; charset=utf-8',
  headers: {
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  },
})

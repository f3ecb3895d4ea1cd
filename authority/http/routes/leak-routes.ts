/** Where found tokens are reported: by those who sign, by GitLab, and by anybody who holds one. No login on any of them. */
import { createHash } from 'node:crypto'
import { type LeakSource, limits } from '@mintmark/contract'
import { type RuleFormat, ruleFile, ruleFormats, ruleId, type Secret } from '@mintmark/token'
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../context.ts'
import { errorReply } from '../../jsonapi/errors.ts'
import { parseStrictJson } from '../../jsonapi/strict-json.ts'
import { holder } from '../../leaks/decide.ts'
import type { FoundQueue } from '../../leaks/found-queue.ts'
import { githubAlert, queueAlert } from '../../leaks/github-alerts.ts'
import { isFromGitHub, readDelivery } from '../../leaks/github-delivery.ts'
import { leakPage } from '../../leaks/page.ts'
import type { Found, LeakIntake } from '../../leaks/process-reports.ts'
import {
  readGitLabReports,
  readHolderReports,
  readPartnerReports,
  readPasted,
  readTruffleHog,
} from '../../leaks/read-reports.ts'
import type { Reporter, Signature, SignatureCheck } from '../../leaks/reporters.ts'
import type { Counts } from '../../metrics/counts.ts'
import type { Verdict } from '../../verdicts/verify-token.ts'
import type { AttemptLimit } from '../attempt-limit.ts'
import { originOf } from '../origin.ts'
import { formOf, readJsonBody } from '../read-body.ts'
import { withoutAuthentication } from '../request-bodies.ts'
import { isSameSecret } from '../same-secret.ts'
import { json } from '../server.ts'
import type { BaseContext } from './routes.ts'

export interface LeakRoutes {
  readonly intake: LeakIntake
  readonly queue: FoundQueue
  /** How long an answer waits for what was reported to be worked on. It is on disk either way. */
  readonly patienceMilliseconds: number
  readonly baseContext: BaseContext
  readonly reporters: readonly { readonly reporter: Reporter; readonly signature: SignatureCheck }[]
  /** Of GitHub's webhook; null when it is not set up. */
  readonly webhookSecret: Secret | null
  /** What GitLab sends in `Authorization`; null when it may not report. */
  readonly gitlabToken: Secret | null
  readonly limit: AttemptLimit
  /** Of what a report holds: each token counts. */
  readonly entryLimit: AttemptLimit
  readonly counts: Counts
  verifyToken(text: string, address: string): Verdict | Promise<Verdict>
}

export function mountLeaks(app: FastifyInstance, routes: LeakRoutes): void {
  for (const each of routes.reporters) mountReporter(app, routes, each)
  mountGitLab(app, routes)
  mountTruffleHog(app, routes)
  mountHolder(app, routes)
  mountGitHubWebhook(app, routes)
  app.get('/leaks', async (_request, reply) => page(reply))
  app.get('/leaks/patterns', async (request, reply) => {
    const format = (request.query as URLSearchParams).get('format') ?? 'regex'
    if (!(ruleFormats as readonly string[]).includes(format))
      throw new Refusal('invalid-parameter', {
        detail: `Expected one of ${ruleFormats.join(', ')}.`,
        parameter: 'format',
      })
    const { mediaType, text } = ruleFile(format as RuleFormat, routes.baseContext.installation.mark, originOf(request))
    return reply.type(mediaType).send(text)
  })
}

const take = (
  { queue, patienceMilliseconds }: LeakRoutes,
  { id, ip }: FastifyRequest,
  source: string,
  found: readonly Found[],
) => queue.take(source, found, { id, address: ip }, patienceMilliseconds)

/** Counts what is refused, also what never reached the handler, such as a body that is too long. */
const counted = ({ counts }: LeakRoutes, source: string, config: FastifyContextConfig) => ({
  config,
  onError: (request: FastifyRequest, _reply: FastifyReply, error: Error, done: () => void) => {
    const isTold = error instanceof Refusal && typeof error.cause === 'string'
    counts.reportRefused(source, isTold ? (error.cause as string) : errorReply(error, request.id).code)
    done()
  },
})

/** A signature is over the whole body, so it is read first. */
const signed: FastifyContextConfig = { strangerBytes: limits.bodyBytes }

/** GitHub's partner programme and whoever does likewise: proven by a signature over the raw body before a byte of it is read. */
function mountReporter(
  app: FastifyInstance,
  routes: LeakRoutes,
  { reporter, signature }: LeakRoutes['reporters'][number],
): void {
  app.post(`/leaks/${reporter.name}`, counted(routes, reporter.name, signed), async (request, reply) => {
    const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
    refuseUnsigned(routes, request, await signature.check(request.headers, body))
    const found = readPartnerReports(readJsonBody(request))
    const answers = await take(routes, request, reporter.name, found)
    // The feedback: a hash rather than the token, which has been in enough places.
    const feedback = found.map(({ text, type }, index) => ({
      token_hash: createHash('sha256').update(text).digest('hex'),
      token_type: type,
      label: answers[index] === null ? 'false_positive' : 'true_positive',
    }))
    return json(reply, feedback)
  })
}

function refuseUnsigned({ limit }: LeakRoutes, request: FastifyRequest, signature: Signature): void {
  if (signature === 'good') return
  if (signature === 'keys-unavailable')
    throw new Refusal('keys-unavailable', {
      detail: 'The keys of this reporter cannot be fetched right now.',
      retryAfterSeconds: 30,
    })
  limitReports(limit.strike(request.ip))
  throw new Refusal(
    'invalid-signature',
    { detail: 'Expected the signature of a current key of this reporter over the body.' },
    { cause: `signature-${signature}` },
  )
}

export function limitReports(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0)
    throw new Refusal('too-many-reports', { detail: 'Too many reports from this address.', retryAfterSeconds })
}

/** GitHub's alert webhook: queued with the answer, looked at right after. The same delivery twice is one. */
function mountGitHubWebhook(app: FastifyInstance, routes: LeakRoutes): void {
  app.post('/leaks/github/webhook', counted(routes, githubAlert, signed), async (request, reply) => {
    const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
    const { webhookSecret, limit } = routes
    const signature = request.headers['x-hub-signature-256']
    if (!webhookSecret || !isFromGitHub(webhookSecret.bytes(), body, signature)) {
      limitReports(limit.strike(request.ip))
      throw new Refusal(
        'invalid-signature',
        { detail: 'Expected X-Hub-Signature-256 over the body under the secret of the webhook.' },
        { cause: `signature-${signature ? 'wrong' : 'missing'}` },
      )
    }
    const delivery = readDelivery(request.headers, readJsonBody(request))
    const isNew = delivery !== null && (await queueAlert(routes.intake, delivery))
    return json(reply.code(202), { queued: isNew })
  })
}

const gitlab: LeakSource = 'gitlab'

/** GitLab's Token Revocation API: 204 when taken, 400 for what is not to be sent again. */
function mountGitLab(app: FastifyInstance, routes: LeakRoutes): void {
  app.get('/v1/revocable_token_types', async (request, reply) => {
    refuseStrangeGitLab(routes, request)
    return json(reply, { types: [`gitleaks_rule_id_${ruleId}`] })
  })
  const admit = (request: FastifyRequest) => refuseStrangeGitLab(routes, request)
  app.post('/v1/revoke_tokens', counted(routes, gitlab, { admit }), async (request, reply) => {
    admit(request)
    let found: readonly Found[]
    try {
      found = readGitLabReports(readJsonBody(request))
    } catch (error) {
      if (error instanceof Refusal && error.code !== 'unsupported-media-type')
        throw new Refusal('malformed-request', error.faults)
      throw error
    }
    await take(routes, request, gitlab, found)
    return reply.code(204).send()
  })
}

function refuseStrangeGitLab({ gitlabToken, limit }: LeakRoutes, request: FastifyRequest): void {
  if (gitlabToken && isSameSecret(gitlabToken, (request.headers.authorization ?? '').replace(/^bearer +/i, ''))) return
  limitReports(limit.strike(request.ip))
  throw new Refusal('no-token', { detail: 'Expected the token that was agreed on with GitLab.' })
}

/** Whether a found token is alive, for those who scan their own: told to whoever holds it, and nothing ends by it. */
function mountTruffleHog(app: FastifyInstance, routes: LeakRoutes): void {
  app.post('/leaks/trufflehog', withoutAuthentication, async (request, reply) => {
    limitReports(routes.limit.strike(request.ip))
    // Older releases send no content type.
    const text = readTruffleHog(parseStrictJson((request.body as Buffer | undefined) ?? Buffer.alloc(0)))
    const verdict = await routes.verifyToken(text, request.ip)
    const isLive = verdict.good || verdict.code === 'not-from-this-network'
    return reply.code(isLive ? 200 : 403).send()
  })
}

/** Anybody who holds a token may end it. The answer says how many strings came, never which were alive. */
function mountHolder(app: FastifyInstance, routes: LeakRoutes): void {
  app.post(
    '/leaks/report',
    counted(routes, holder, { strangerBytes: limits.leakTextBytes }),
    async (request, reply) => {
      limitReports(routes.limit.strike(request.ip))
      const type = request.headers['content-type'] ?? ''
      const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
      if (/^application\/x-www-form-urlencoded/i.test(type)) {
        const found = readPasted(body, (form) => formOf(form).get('tokens') ?? '')
        limitReports(routes.entryLimit.strike(request.ip, found.length))
        await take(routes, request, holder, found)
        return page(reply, found.length)
      }
      const found = /^text\/plain/i.test(type) ? readPasted(body) : readHolderReports(readJsonBody(request))
      limitReports(routes.entryLimit.strike(request.ip, found.length))
      await take(routes, request, holder, found)
      return json(reply.code(202), { received: found.length })
    },
  )
}

const page = (reply: FastifyReply, received?: number) =>
  reply
    .headers({
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    })
    .type('text/html; charset=utf-8')
    .send(leakPage(received))

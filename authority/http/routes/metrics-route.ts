import type { Secret } from '@mintmark/token'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../../context.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import type { AttemptLimit } from '../attempt-limit.ts'
import { bearerOf } from '../authenticate.ts'
import { isSameSecret } from '../same-secret.ts'

export interface MetricsRoute {
  /** Who shows it may read them. */
  readonly token: Secret
  readonly metrics: Metrics
  readonly limit: AttemptLimit
}

/** For whoever watches the server. A token of its own: it says nothing about any account, and reads nothing else. */
export function mountMetrics(app: FastifyInstance, { token, metrics, limit }: MetricsRoute): void {
  app.get('/metrics', async (request, reply) => {
    const given = bearerOf(request.headers.authorization)
    if (given === undefined || !isSameSecret(token, given)) {
      const retryAfterSeconds = limit.strike(request.ip)
      if (retryAfterSeconds > 0) throw new Refusal('too-many-bad-tokens', { retryAfterSeconds })
      throw new Refusal(given === undefined ? 'no-token' : 'invalid-token', {
        detail: 'Expected the token that was set for reading metrics.',
      })
    }
    return reply.type(metrics.contentType).send(await metrics.text())
  })
}

/** Health checks for load balancers and supervisors. */
import type { FastifyInstance } from 'fastify'

export function mountHealth(app: FastifyInstance, isReady: () => Promise<boolean>): void {
  app.get('/healthz', async (_request, reply) => reply.type('text/plain').send('ok'))
  app.get('/readyz', async (_request, reply) =>
    (await isReady()) ? reply.type('text/plain').send('ready') : reply.code(503).type('text/plain').send('not ready'),
  )
}

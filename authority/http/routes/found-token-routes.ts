/** For those who found tokens and want to know whose they are: in a file, by its fingerprints; online, by their hashes. */
import { Readable } from 'node:stream'
import { limits } from '@mintmark/contract'
import { may } from '@mintmark/token'
import type { FastifyInstance } from 'fastify'
import { type Context, Refusal } from '../../context.ts'
import { fingerprintFile } from '../../leaks/fingerprint-file.ts'
import { readHashes } from '../../leaks/read-reports.ts'
import { statesOf } from '../../verdicts/states-of.ts'
import { type Authenticator, authenticate } from '../authenticate.ts'
import { readJsonBody } from '../read-body.ts'
import { json } from '../server.ts'
import { type LeakRoutes, limitReports } from './leak-routes.ts'

export interface FoundTokenRoutes extends Pick<LeakRoutes, 'baseContext' | 'limit'> {
  readonly db: Context['db']
  readonly authenticator: Authenticator
}

const permission = 'access-tokens:read'

export function mountFoundTokens(
  app: FastifyInstance,
  { db, authenticator, baseContext, limit }: FoundTokenRoutes,
): void {
  app.get('/leaks/fingerprints', async (request, reply) => {
    const actor = await authenticate(authenticator, {
      authorization: request.headers.authorization,
      address: request.ip,
      requestId: request.id,
      operation: 'fingerprints',
    })
    request.actor = actor
    const readable = actor.accounts.filter((account) => may(actor.rights, permission, { account }))
    if (readable.length === 0)
      throw new Refusal('forbidden', { detail: `This takes the permission ${permission} on the account.` })
    const lines = await fingerprintFile({ ...baseContext, db }, readable)
    return reply
      .header('content-type', 'text/plain; charset=utf-8')
      .header('content-disposition', 'attachment; filename="mintmark.fingerprints"')
      .send(Readable.from(lines))
  })

  // Nobody but a holder can make the hash, and the hash opens nothing: asking needs no login and ends nothing.
  app.post('/leaks/check', { config: { strangerBytes: limits.leakCheckBytes } }, async (request, reply) => {
    limitReports(limit.strike(request.ip))
    const hashes = readHashes(readJsonBody(request))
    return json(reply, { states: await statesOf(db, baseContext.world, hashes) })
  })
}

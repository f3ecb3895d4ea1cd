/** What a person may do, told to the console, so that it can say beforehand what would be refused. */
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../../context.ts'
import type { SessionAuthenticator } from '../authenticate-sessions.ts'
import { json } from '../server.ts'

export function mountRights(app: FastifyInstance, sessions: SessionAuthenticator): void {
  app.get('/auth/rights', async (request, reply) => {
    const found = await sessions.find(request)
    if (!found) throw new Refusal('no-session', { detail: 'You are not signed in, or no longer.' })
    const { rights } = await sessions.actorOf(found)
    return json(reply, { grants: rights.grants })
  })
}

/** The baseline for introspection: a Fastify route that parses the same form and returns the bytes it was given. */
import { fastify } from 'fastify'
import { serveVitals } from './vitals.ts'

serveVitals()

const answer = process.argv[2] as string
const app = fastify()
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, new URLSearchParams(body.toString())),
)
app.post('/oauth/introspect', async (request, reply) => {
  if (!(request.body as URLSearchParams).get('token')) return reply.code(400).send()
  return reply.type('application/json').send(answer)
})
process.send?.({ address: await app.listen({ host: '127.0.0.1', port: 0 }) })

/** Introspection beside the verification of API keys by better-auth, both over HTTP. Its packages are installed on demand. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Bench } from './benchmarks.ts'
import { compared, type Row, takeTurns } from './figures/row.ts'
import { connections, introspectionOf, underLoad } from './introspection.ts'
import { post } from './load.ts'
import { startAuthority, startProgram } from './processes.ts'

const packages = ['better-auth@1.7.5', '@better-auth/api-key@1.7.5']

export async function betterAuth({ store, folder, scale }: Bench): Promise<Row[]> {
  const installed = folder('better-auth')
  writeFileSync(join(installed, 'package.json'), '{"private":true,"type":"module"}')
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps']
  execFileSync('npm', ['install', ...flags, ...packages], { cwd: installed, stdio: 'ignore' })
  const program = join(installed, 'server.js')
  writeFileSync(program, server)
  const filled = await store()
  await using authority = await startAuthority(filled.settings)
  await using other = await startProgram(pathToFileURL(program), '', installed)
  const key = await (await fetch(`${other.address}/key`)).text()
  const sent = [post('/verify', { 'content-type': 'application/json' }, JSON.stringify({ key }))]
  const shape = { connections, requests: scale.requests, seconds: scale.seconds }
  const turns = await takeTurns(
    scale.turns,
    () => underLoad(authority, { ...shape, sent: introspectionOf(filled) }),
    () => underLoad(other, { ...shape, sent }),
  )
  const perCore = turns.map(({ subject, baseline }) => ({
    subject: subject.perCoreSecond,
    baseline: baseline.perCoreSecond,
  }))
  return [{ name: 'introspection beside better-auth', unit: '/s', ...compared(perCore), target: { atLeast: 6 } }]
}

/** In memory, without rate limits: the least that it can cost. */
const server = `
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'

const options = {
  database: new DatabaseSync(':memory:'),
  secret: 'only for a benchmark, 32 characters or more',
  baseURL: 'http://127.0.0.1',
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
}
await (await getMigrations(options)).runMigrations()
const auth = betterAuth(options)
const { user } = await auth.api.signUpEmail({ body: { email: 'ci@example.com', password: 'a long password', name: 'ci' } })
const { key } = await auth.api.createApiKey({ body: { name: 'ci', userId: user.id } })
const app = createServer((request, response) => {
  if (request.url === '/key') return response.end(key)
  let body = ''
  request.setEncoding('utf8').on('data', (text) => (body += text))
  request.on('end', async () => {
    const { valid } = await auth.api.verifyApiKey({ body: JSON.parse(body) })
    const text = JSON.stringify({ valid })
    response.writeHead(valid ? 200 : 401, { 'content-type': 'application/json', 'content-length': text.length }).end(text)
  })
})
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ processorSeconds: (user + system) / 1e6, bytes: process.memoryUsage.rss(), longestDelayMilliseconds: 0 })
})
process.once('disconnect', () => process.exit())
app.listen(0, '127.0.0.1', () => process.send({ address: 'http://127.0.0.1:' + app.address().port }))
`

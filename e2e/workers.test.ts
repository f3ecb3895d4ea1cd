/** Several workers on one port: shared work, a restarted worker, revocation, metrics of all, and stopping. */
import assert from 'node:assert/strict'
import { get } from 'node:http'
import { describe, type TestContext, test } from 'node:test'
import { mintmark, startMintmark } from '../testing/cli/run-mintmark.ts'
import { eventually } from '../testing/eventually.ts'
import { temporaryPostgres } from '../testing/postgres.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const metricsToken = 'for-the-metrics-of-this-test-only'

interface Response {
  readonly status: number
  readonly worker: string
  readonly text: string
}

async function startWorkers(t: TestContext, database?: string) {
  const folder = temporaryFolder(t)
  const flags = ['--quickstart', '--port', '0', '--data', folder, '--workers', '2']
  const running = startMintmark(t, ['serve', ...flags, ...(database ? ['--database', database] : [])], {
    environment: { MINTMARK_METRICS_TOKEN: metricsToken },
  })
  const output = await running.printed(/Signs you in as the owner/)
  const address = /is listening on (\S+)/.exec(output)?.[1] as string
  const token = /eyJ\S+/.exec(output)?.[0] as string
  /** On a connection of its own, which reaches the next worker. */
  const call = (method: string, path: string, bearer = token) =>
    new Promise<Response>((resolve, reject) => {
      const headers = { authorization: `Bearer ${bearer}` }
      get(`${address}${path}`, { method, headers, agent: false }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (part) => {
          text += part
        })
        // Half of the ID of a request is the same for all requests of a process.
        const worker = `${answer.headers['x-request-id']}`.slice(0, -7)
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, worker, text }))
      }).on('error', reject)
    })
  const pids = (log: string) => [...log.matchAll(/"pid":(\d+),"msg":"a worker accepts/g)].map(([, pid]) => Number(pid))
  return { running, output, token, call, pids }
}

for (const kind of ['sqlite', 'postgres'] as const)
  describe(kind, () => {
    test('workers share a port, a killed one is restarted, and all stop together', { timeout: 120_000 }, async (t) => {
      const database = kind === 'postgres' ? await temporaryPostgres(t) : undefined
      const { running, output, token, call, pids } = await startWorkers(t, database)
      assert.equal(output.match(/is listening on/g)?.length, 1)
      const ping = () => call('GET', '/api/iacp/v3/ping')
      const used = async () => {
        const responses = [await ping(), await ping(), await ping(), await ping()]
        assert.ok(responses.every(({ status }) => status === 200))
        return new Set(responses.map(({ worker }) => worker))
      }
      const before = await used()
      assert.equal(before.size, 2)

      await call('GET', '/api/iacp/v3/ping', `${token}x`)
      await call('GET', '/api/iacp/v3/ping', `${token}x`)
      const metrics = await call('GET', '/metrics', metricsToken)
      assert.match(metrics.text, /^mintmark_refusals_total{code="invalid-token"} 2$/m, 'one at each worker')
      assert.match(metrics.text, /^mintmark_storage_writable 1$/m)

      const [first] = pids(await running.complained(/"msg":"a worker accepts/))
      process.kill(first as number, 'SIGKILL')
      await running.complained(/"signal":"SIGKILL".*a worker died and is restarted/)
      // A worker that is starting has no handler for it yet.
      running.kill('SIGHUP')
      const log = await running.complained(/(?:a worker accepts requests.*){3}/s)
      assert.doesNotMatch(log, /"signal":"SIGHUP"/)
      const after = await used()
      assert.equal(after.size, 2)
      assert.equal([...after].filter((worker) => before.has(worker)).length, 1)

      const self = JSON.parse((await call('GET', '/api/iacp/v3/access-tokens/self')).text).data.id as string
      assert.equal((await call('DELETE', `/api/iacp/v3/access-tokens/${self}`)).status, 204)
      const revoked = () =>
        eventually('the token is refused', async () => ((await ping()).status === 401 ? true : undefined))
      // On PostgreSQL, the other worker learns it within the bound.
      if (kind === 'postgres') await revoked()
      else assert.deepEqual([(await ping()).status, (await ping()).status], [401, 401])

      running.kill('SIGTERM')
      assert.equal((await running.finished).code, 0)
      await assert.rejects(ping())
    })
  })

test('a setting that prevents the start is reported once, by the primary process', async (t) => {
  const flags = ['--port', '0', '--data', temporaryFolder(t), '--workers', '3']
  const { code, stderr } = await mintmark(t, ['serve', ...flags])
  assert.equal(code, 2)
  assert.equal(stderr.match(/the database is empty/g)?.length, 1)
  const invalid = await mintmark(t, ['serve', ...flags.slice(0, -1), '0'])
  assert.equal(invalid.code, 2)
  assert.match(invalid.stderr, /--workers: expected a whole number from 1 to 64/)
})

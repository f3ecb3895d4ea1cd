import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machine, startAuthority } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'
import { openMetrics } from './metrics.ts'

const metricsToken = 'a-token-for-metrics'

test('the metrics can be read with the metrics token only, and not at all if none is configured', async (t) => {
  const closed = await startAuthority(t)
  assert.equal((await closed.call('GET', '/metrics')).status, 404)
  const { call } = await startAuthority(t, { metricsToken, invalidTokensPerMinute: 4 })
  assert.equal(
    (await call('GET', '/ping', { token: metricsToken })).status,
    401,
    'the metrics token is not an API token',
  )
  for (const [token, code] of [
    [null, 'no-token'],
    ['a-token-for-metric', 'invalid-token'],
    [undefined, 'invalid-token'],
  ] as const) {
    const refused = await call('GET', '/metrics', token === undefined ? {} : { token })
    assert.deepEqual([refused.status, refused.json.errors[0].code], [401, code])
    assert.doesNotMatch(refused.text, /mintmark_/)
  }
  assert.equal((await call('GET', '/metrics', { token: 'guess' })).status, 429)
  assert.equal((await call('GET', '/metrics', { token: metricsToken })).status, 200)
})

const assertMetrics = async (t: Parameters<typeof startAuthority>[0], store?: { url: string }) => {
  const { app, prepared, call } = await startAuthority(t, { metricsToken, ...(store ? { store } : {}) })
  const ci = await machine({ app, prepared, call } as never, 'ci')
  await call('GET', '/ping', { token: `${ci.token.slice(0, -4)}AAAA` })
  await call('GET', '/leak-reports', { token: ci.token })
  await call('DELETE', '/access-tokens/self', { token: ci.token })
  await call('GET', '/ping', { token: ci.token })
  const { text, headers } = await call('GET', '/metrics', { token: metricsToken })
  assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/)
  const value = (name: string) => new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (.+)$`, 'm').exec(text)?.[1]
  assert.equal(value('mintmark_refusals_total{code="invalid-token"}'), '1')
  assert.equal(value('mintmark_refusals_total{code="token-revoked"}'), '1')
  assert.equal(value('mintmark_notifications_waiting'), '0')
  assert.equal(value('mintmark_alerts_waiting'), '0')
  assert.equal(value('mintmark_audit_rows_unsealed'), '0')
  assert.ok(Number(value('mintmark_replica_staleness_seconds')) < 60)
  assert.ok(Number(value('process_resident_memory_bytes')) > 0)
  assert.doesNotMatch(text, /at-v0|sa-v0|acc-v0|eyJ|127\.0\.0\.1/, 'no ID, no token, no address')
}
const guarantee =
  'metrics report refusals by code, queue lengths, unsealed audit events and the staleness of the replica'
test(guarantee, (t) => assertMetrics(t))
test(`${guarantee}, on PostgreSQL`, async (t) => assertMetrics(t, { url: await temporaryPostgres(t) }))

test('a failing measurement does not prevent the others', async () => {
  const metrics = openMetrics({
    lost: { help: 'Lost.', measure: () => Promise.reject(new Error('down')) },
    there: { help: 'There.', measure: () => 5 },
  })
  metrics.refused('token-expired')
  const text = await metrics.text()
  assert.match(text, /^mintmark_lost Nan$/m)
  assert.match(text, /^mintmark_there 5$/m)
  assert.match(text, /^mintmark_refusals_total\{code="token-expired"\} 1$/m)
})

/** Reports that cannot be processed in time, or fail at first: they are acknowledged, stored, and processed in the end. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { signedReport } from '../../../testing/github-report.ts'
import { type Authority, document, machine, startAuthority } from '../../../testing/kit.ts'
import { temporaryPostgres } from '../../../testing/postgres.ts'
import { rawSql } from '../../../testing/raw-sql.ts'
import { fixedWorld } from '../../world.ts'
import { githubReporter } from '../reporters.ts'

type Test = Parameters<typeof startAuthority>[0]
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const reporters = [githubReporter(undefined, { public_keys: [{ key_identifier: 'one', key }] })]

async function report({ call }: Authority, tokens: readonly string[]): Promise<string[]> {
  const body = JSON.stringify(tokens.map((token) => ({ token, type: 'x', url: 'https://git.example.com/a' })))
  const answer = await call('POST', '/leaks/github', signedReport(body, privateKey))
  assert.equal(answer.status, 200, answer.text)
  return answer.json.map(({ label }: { label: string }) => label)
}

async function minted(authority: Authority, count: number): Promise<string[]> {
  const { id } = await machine(authority, 'ci')
  const mint = () =>
    authority.call('POST', `/service-accounts/${id}/access-tokens`, { body: document('access-tokens') })
  return (await Promise.all(Array.from({ length: count }, mint))).map(({ json }) => json.data.attributes.token)
}

const assertTimelyResponse = async (t: Test, store?: { url: string }) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const authority = await startAuthority(t, {
    reporters,
    reportMilliseconds: 0,
    world,
    invalidTokensPerMinute: 10_000,
    ...(store ? { store } : {}),
  })
  const tokens = await minted(authority, 100)
  const labels = await report(authority, [...tokens, `${tokens[0]?.slice(0, -4)}AAAA`])
  assert.deepEqual(labels, [...tokens.map(() => 'true_positive'), 'false_positive'])
  world.set('2030-01-01T00:01:00.000Z')
  // Concurrently with the receiving call. Each report is still processed once.
  while ((await authority.app.workLeft()) > 0);
  for (const token of tokens)
    assert.equal((await authority.call('GET', '/ping', { token })).json.errors?.[0].code, 'token-revoked')
  const reports = await rawSql(authority.database, 'select times from leak_reports')
  assert.deepEqual(reports, Array(100).fill({ times: 1 }))
}
const guarantee = 'a response that cannot wait for the processing is correct, and each report is processed once'
test(guarantee, (t) => assertTimelyResponse(t))
test(`${guarantee}, on PostgreSQL`, async (t) => assertTimelyResponse(t, { url: await temporaryPostgres(t) }))

test('a report that fails does not block others, is retried later, and is never given up', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const authority = await startAuthority(t, { world, reporters })
  const { app, database } = authority
  const [bad = '', good = ''] = await minted(authority, 2)
  const lost = "insert into found_tokens select 'ft-' || last_characters, hash, 'github', "
  const rest = ", 'req-1', '192.0.2.1', '2030-01-01T00:01:00.000Z', 0 from access_tokens where last_characters = "
  await rawSql(database, `${lost}'no json'${rest}'${bad.slice(-6)}'`)
  await rawSql(database, `${lost}'{"kind":"public"}'${rest}'${good.slice(-6)}'`)
  const alive = async (token: string) => (await authority.call('GET', '/ping', { token })).status === 200
  const left = () => rawSql(database, 'select attempts from found_tokens')
  await app.workLeft()
  assert.deepEqual([await alive(bad), await alive(good)], [true, false], 'reports left at the start are due at once')
  assert.deepEqual(await left(), [{ attempts: 1 }])
  assert.ok(authority.log.some((line) => line.includes('found tokens could not be processed')))
  assert.equal(await app.workLeft(), 0, 'not at once')
  for (let day = 2; day <= 25; day += 1) {
    world.set(`2030-01-${String(day).padStart(2, '0')}T12:00:00.000Z`)
    await app.workLeft()
  }
  assert.ok(Number(((await left()) as { attempts: number }[])[0]?.attempts) > 10)
  await rawSql(database, `update found_tokens set location = '{"kind":"public"}'`)
  world.set('2030-02-01T00:00:00.000Z')
  await app.workLeft()
  assert.deepEqual([await alive(bad), await left()], [false, []])
})

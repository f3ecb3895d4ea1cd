import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertWrongUsage, startWithCli } from '../../testing/cli/run-mintmark.ts'
import { eventually } from '../../testing/eventually.ts'
import { document, machine } from '../../testing/kit.ts'

test('list --revoked prints the revoked tokens of the caller or of a service account, with reason and actor', async (t) => {
  const authority = await startWithCli(t)
  const { run, call, prepared } = authority
  const ci = await machine(authority, 'ci')
  const create = async (path: string, name: string) => {
    const created = await call('POST', path, { body: document('access-tokens', { name }) })
    return created.json.data as { id: string; attributes: { token: string } }
  }
  const laptop = await create('/access-tokens', 'laptop')
  await create('/access-tokens', 'kept')
  const leaked = await create(`/service-accounts/${ci.id}/access-tokens`, 'leaked')
  assert.equal((await call('DELETE', `/access-tokens/${laptop.id}`)).status, 204)
  const body = { tokens: [leaked.attributes.token] }
  await call('POST', '/leaks/report', { token: null, body, headers: { 'content-type': 'application/json' } })
  const listed = async (...args: string[]) => {
    const fields = 'id,name,reason,revoked-by-type,revoked-by-id'
    const { code, stdout, stderr } = await run(['token', 'list', '--revoked', ...args, '--json', fields])
    assert.deepEqual([code, stderr], [0, ''])
    return JSON.parse(stdout).map((token: Record<string, unknown>) => Object.values(token))
  }
  assert.deepEqual(await listed(), [[laptop.id, 'laptop', null, 'users', prepared.user]])
  const [[id, name, reason, ...actor], ...others] = await eventually('the leaked token is revoked', async () => {
    const tokens = await listed('--service-account', 'ci')
    return tokens.length > 0 ? tokens : undefined
  })
  assert.deepEqual([id, name, actor, others], [leaked.id, 'leaked', ['system', null], []])
  assert.match(reason, /^leak/)
  const own = await run(['token', 'list', '--revoked'])
  const heading = /^ID +NAME +LAST CHARACTERS +CREATED +LAST USED +REVOKED +REASON +REVOKED BY\n/
  assert.match(own.stdout, heading)
  assert.match(own.stdout.replace(heading, ''), new RegExp(`^${laptop.id} +laptop .* ${prepared.user}\\n$`))
  const ofMachine = await run(['token', 'list', '--revoked', '--service-account', 'ci'])
  assert.match(ofMachine.stdout, / leak.* +system\n$/)
})

test('list --revoked cannot be combined with options that select by use and expiry', async (t) => {
  const filters = [['--unused', '90d'], ['--expiring', '14d'], ['--expired'], ['--no-expiry']]
  await assertWrongUsage(
    await startWithCli(t),
    filters.map((filter) => [['token', 'list', '--revoked', ...filter], /'--revoked'.*cannot be used with/]),
  )
})

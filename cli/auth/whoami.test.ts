import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { mintmark } from '../../testing/cli/run-mintmark.ts'
import { document, machine, startAuthority } from '../../testing/kit.ts'

async function started(t: TestContext) {
  const authority = await startAuthority(t)
  const host = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const whoami = (token: string, ...flags: string[]) =>
    mintmark(t, ['whoami', ...flags], { environment: { MINTMARK_HOST: host, MINTMARK_TOKEN: token } })
  return { ...authority, host, whoami }
}

test('whoami prints the owner, accounts, token and host', async (t) => {
  const { whoami, prepared, host } = await started(t)
  const { code, stdout, stderr } = await whoami(prepared.token)
  assert.deepEqual([code, stderr], [0, ''])
  const last = prepared.token.slice(-6)
  const lines = [
    `Owner     ${prepared.email} \\(${prepared.user}\\)`,
    'Type      user',
    `Accounts  main \\(${prepared.account}\\)`,
    `Token     at-\\S+ first token, ending in ${last}`,
    'Expires   never',
    `Host      ${host}`,
  ]
  assert.match(stdout, new RegExp(`^${lines.join('\\n')}\\n$`))
})

test('whoami --json prints the same as JSON', async (t) => {
  const { whoami, prepared, host } = await started(t)
  const { code, stdout } = await whoami(prepared.token, '--json')
  assert.equal(code, 0)
  const { token, ...report } = JSON.parse(stdout)
  assert.deepEqual(report, {
    host,
    owner: { type: 'user', id: prepared.user, email: prepared.email },
    accounts: [{ id: prepared.account, name: 'main' }],
  })
  assert.match(token.id, /^at-/)
  assert.deepEqual([token['last-characters'], token['expires-at']], [prepared.token.slice(-6), null])
})

test('a token without permission to list accounts still shows its owner', async (t) => {
  const authority = await started(t)
  const ci = await machine(authority, 'ci')
  const json = await authority.whoami(ci.token, '--json')
  assert.equal(json.code, 0, json.stderr)
  const { owner, accounts } = JSON.parse(json.stdout)
  assert.deepEqual(owner, { type: 'service-account', id: ci.id, email: ci.email })
  assert.equal(accounts, null)
  assert.match(
    (await authority.whoami(ci.token)).stdout,
    /Type +service account\nAccounts +not visible to this token\n/,
  )
})

test('the owner of an agent pool token has no email address', async (t) => {
  const { call, whoami } = await started(t)
  const pool = await call('POST', '/agent-pools', { body: document('agent-pools', { name: 'pool' }) })
  const id = pool.json.data.id
  const minted = await call('POST', `/agent-pools/${id}/access-tokens`, { body: document('access-tokens') })
  const { token } = minted.json.data.attributes
  const { code, stdout } = await whoami(token, '--json')
  assert.equal(code, 0)
  assert.deepEqual(JSON.parse(stdout).owner, { type: 'agent-pool', id, email: null })
  assert.match((await whoami(token)).stdout, new RegExp(`^Owner +agent-pool \\(${id}\\)\\n`))
})

test('whoami with an invalid token is refused once, not once per request', async (t) => {
  const { whoami, log } = await started(t)
  assert.equal((await whoami('eyJx.eyJy.eg')).code, 1)
  assert.equal(log.filter((line) => JSON.parse(line).status === 401).length, 1)
})

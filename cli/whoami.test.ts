import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { document, machine, startAuthority } from '../testing/kit.ts'
import { mintmark } from './run-mintmark.ts'

async function started(t: TestContext) {
  const authority = await startAuthority(t)
  const host = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const whoami = (token: string, ...flags: string[]) =>
    mintmark(t, ['whoami', ...flags], { environment: { MINTMARK_HOST: host, MINTMARK_TOKEN: token } })
  return { ...authority, host, whoami }
}

test('whoami tells a person who they are, where, and with which token', async (t) => {
  const { whoami, prepared, host } = await started(t)
  const { code, stdout, stderr } = await whoami(prepared.token)
  assert.deepEqual([code, stderr], [0, ''])
  const last = prepared.token.slice(-6)
  const lines = [
    `Owner     ${prepared.email} \\(${prepared.user}\\)`,
    'Type      user',
    `Accounts  main \\(${prepared.account}\\)`,
    `Token     at-\\S+ first token, ends in ${last}`,
    'Expires   never',
    `Host      ${host}`,
  ]
  assert.match(stdout, new RegExp(`^${lines.join('\\n')}\\n$`))
})

test('whoami --json tells a program the same', async (t) => {
  const { whoami, prepared, host } = await started(t)
  const { code, stdout } = await whoami(prepared.token, '--json')
  assert.equal(code, 0)
  const { token, ...told } = JSON.parse(stdout)
  assert.deepEqual(told, {
    host,
    owner: { type: 'user', id: prepared.user, email: prepared.email },
    accounts: [{ id: prepared.account, name: 'main' }],
  })
  assert.match(token.id, /^at-/)
  assert.deepEqual([token['last-characters'], token['expires-at']], [prepared.token.slice(-6), null])
})

test('a token that may not list accounts still learns whose it is', async (t) => {
  const authority = await started(t)
  const ci = await machine(authority, 'ci')
  const json = await authority.whoami(ci.token, '--json')
  assert.equal(json.code, 0, json.stderr)
  const { owner, accounts } = JSON.parse(json.stdout)
  assert.deepEqual(owner, { type: 'service-account', id: ci.id, email: ci.email })
  assert.equal(accounts, null)
  assert.match(
    (await authority.whoami(ci.token)).stdout,
    /Type +service account\nAccounts +not for this token to see\n/,
  )
})

test('a token of an agent pool has an owner without an e-mail address', async (t) => {
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

test('a refused token is counted once, not once for each question', async (t) => {
  const { whoami, log } = await started(t)
  assert.equal((await whoami('eyJx.eyJy.eg')).code, 1)
  assert.equal(log.filter((line) => JSON.parse(line).status === 401).length, 1)
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountA, accountB, serviceAccount, startEverything } from '../../../testing/everything.ts'
import { document } from '../../../testing/kit.ts'

const adminRole = 'role-t67mjtmd93j62hg'
const inside = '192.0.2.7'
const outside = '203.0.113.9'

async function setUp(t: Parameters<typeof startEverything>[0]) {
  const everything = await startEverything(t)
  const { call, tokens, ids } = everything
  const introspect = (form: Record<string, string>, given: { token?: string; remoteAddress?: string } = {}) =>
    call('POST', '/oauth/introspect', {
      body: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      ...given,
    })
  const mint = async (attributes: object = {}) => {
    const { json, text } = await call('POST', '/access-tokens', {
      token: tokens.owner,
      body: document('access-tokens', attributes),
    })
    assert.ok(json.data, text)
    return json.data.attributes.token as string
  }
  const allow = async (account: string, networks: readonly string[]) => {
    const answer = await call('PATCH', `/accounts/${account}`, {
      token: tokens.owner,
      body: document('accounts', { 'allowed-ips': networks }),
    })
    assert.equal(answer.status, 200, answer.text)
  }
  return { ...everything, introspect, mint, allow, environment: ids['environments'] as string }
}

describe('introspection returns the narrowing of a token:', () => {
  test('permissions as scope, and the IDs of its scopes', async (t) => {
    const { introspect, mint, environment, ids } = await setUp(t)
    const workspace = ids['workspaces'] as string
    const cases: [attributes: object, scope: string | undefined, scopes: string[] | undefined][] = [
      [{}, undefined, undefined],
      [{ permissions: ['tags:read'] }, 'tags:read', undefined],
      [{ permissions: ['tags:read', 'teams:*'] }, 'tags:read teams:*', undefined],
      [{ permissions: [] }, '', undefined],
      [{ scopes: [environment] }, undefined, [environment]],
      [{ scopes: [workspace, accountB] }, undefined, [accountB, workspace]],
      [{ scopes: [] }, undefined, []],
      [{ permissions: ['tags:read'], scopes: [accountA] }, 'tags:read', [accountA]],
    ]
    for (const [attributes, scope, scopes] of cases) {
      const { json } = await introspect({ token: await mint(attributes) })
      assert.deepEqual(
        [json.active, json.scope, json.scopes?.toSorted(), json.network_checked],
        [true, scope, scopes, false],
        JSON.stringify(attributes),
      )
    }
  })
})

describe('introspection checks the network', () => {
  test('of the client in the request, never that of the calling service', async (t) => {
    const { call, introspect, allow, authority } = await setUp(t)
    const job = await serviceAccount(authority, accountA, 'job', adminRole, ['account', 'accounts', accountA])
    await allow(accountA, ['192.0.2.0/24'])
    assert.equal((await call('GET', '/ping', { token: job, remoteAddress: outside })).status, 401)
    const ask = async (clientIp?: string) =>
      (await introspect({ token: job, ...(clientIp ? { client_ip: clientIp } : {}) }, { remoteAddress: inside })).json
    assert.deepEqual(await ask(outside), { active: false })
    assert.deepEqual(await ask('2001:db8::1'), { active: false })
    for (const known of [inside, `::ffff:${inside}`]) {
      const response = await ask(known)
      assert.deepEqual([response.active, response.network_checked], [true, true], known)
    }
    const untold = await ask()
    assert.deepEqual([untold.active, untold.network_checked], [true, false])
  })

  test("for each account separately: the scopes omit accounts that do not allow the client's network", async (t) => {
    const { introspect, allow, mint, environment, tokens } = await setUp(t)
    await allow(accountA, ['192.0.2.0/24'])
    const scopes = async (attributes: object, clientIp: string) =>
      (await introspect({ token: await mint(attributes), client_ip: clientIp }, { remoteAddress: inside })).json.scopes
    assert.deepEqual(await scopes({}, outside), [accountB])
    assert.equal(await scopes({}, inside), undefined)
    assert.deepEqual(await scopes({ scopes: [environment, accountB] }, outside), [accountB])
    // A service of the other account calls from a network that the first account does not allow.
    const token = tokens.otherAccount as string
    const { json } = await introspect({ token: await mint() }, { token, remoteAddress: outside })
    assert.deepEqual([json.active, json.scopes, json.network_checked], [true, undefined, false])
  })

  test('only if the value is an address', async (t) => {
    const { introspect, mint } = await setUp(t)
    for (const clientIp of ['', 'localhost', '192.0.2.7:80', '192.0.2.0/24', '1', '0x7f.1']) {
      const answer = await introspect({ token: await mint(), client_ip: clientIp })
      assert.equal(answer.status, 400, clientIp)
      assert.match(answer.json.errors[0].detail, /client_ip/)
    }
  })
})

test('a caller who may not see a token learns nothing about it by introspection, whatever the client', async (t) => {
  const { introspect, tokens, authority } = await setUp(t)
  const job = await serviceAccount(authority, accountA, 'job', adminRole, ['account', 'accounts', accountA])
  for (const token of [tokens.otherAccount, tokens.member] as string[])
    for (const form of [{ token: job }, { token: job, client_ip: inside }, { token: 'x' }] as Record<string, string>[])
      assert.deepEqual((await introspect(form, { token })).json, { active: false })
  assert.equal(
    (await introspect({ token: tokens.member as string }, { token: tokens.member as string })).json.active,
    true,
  )
})

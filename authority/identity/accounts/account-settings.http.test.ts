/** The settings of an account: its name, and allowed networks that exclude the caller. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, signedIn } from '../../../testing/browser.ts'
import { type Answer, document, startAuthority } from '../../../testing/kit.ts'

const caller = '203.0.113.7'
const elsewhere = ['192.0.2.0/24']

const faultOf = ({ status, json }: Answer) => [status, json.errors?.[0].source?.pointer]

test('networks without the address of the user are refused until the user confirms that address', async (t) => {
  const { call, prepared, ...authority } = await signedIn(t)
  const [here, onTheServer] = [browser({ call }, caller), authority.owner]
  here.take(onTheServer.cookie())
  const body = (attributes: object) => document('accounts', attributes)
  const path = `/accounts/${prepared.account}`
  const change = (attributes: object, by = here) => by.ask('PATCH', path, body(attributes))
  const ping = async () => (await call('GET', '/ping', { remoteAddress: caller })).status
  const ipv4 = [422, '/data/attributes/allowed-ips']
  for (const confirmed of [undefined, '', '203.0.113.8', 'yes']) {
    const refused = await change({ 'allowed-ips': elsewhere, 'confirm-lockout-from': confirmed })
    assert.deepEqual([...faultOf(refused), refused.json.errors[0].code], [...ipv4, 'lockout'], String(confirmed))
    assert.match(
      refused.json.errors[0].detail,
      /do not contain 203\.0\.113\.7, .*confirm-lockout-from: "203\.0\.113\.7"/,
    )
  }
  assert.deepEqual(faultOf(await change({ 'allowed-ipv6': ['2001:db8::/32'] })), [422, '/data/attributes/allowed-ipv6'])
  assert.equal(await ping(), 200, 'nothing was saved')

  assert.equal((await change({ 'allowed-ips': [...elsewhere, caller] })).status, 200)
  assert.equal((await change({ 'allowed-ipv6': ['2001:db8::/32'] })).status, 200, 'the other list contains it')
  assert.deepEqual(faultOf(await change({ 'allowed-ips': [] })), ipv4, 'the remaining list does not contain it')
  assert.equal((await change({ 'allowed-ips': [], 'allowed-ipv6': [] })).status, 200)

  const confirmed = await change({ 'allowed-ips': elsewhere, 'confirm-lockout-from': '::ffff:203.0.113.7' })
  assert.equal(confirmed.status, 200, confirmed.text)
  assert.equal(Object.hasOwn(confirmed.json.data.attributes, 'confirm-lockout-from'), false)
  assert.equal(await ping(), 401)
  assert.equal((await change({ 'allowed-ips': ['198.51.100.0/24'] }, onTheServer)).status, 200, 'loopback has access')
})

test('a token can set networks that exclude it, as in Scalr', async (t) => {
  const { call, prepared } = await startAuthority(t)
  const body = document('accounts', { 'allowed-ips': elsewhere })
  const changed = await call('PATCH', `/accounts/${prepared.account}`, { body, remoteAddress: caller })
  assert.deepEqual([changed.status, changed.json.data.attributes['allowed-ips']], [200, elsewhere])
})

test('an account is renamed, and the change is audited with both names', async (t) => {
  const { call, prepared } = await startAuthority(t)
  const rename = (name: unknown) =>
    call('PATCH', `/accounts/${prepared.account}`, { body: document('accounts', { name }) })
  for (const [name, detail] of [
    ['', 'A name cannot be empty.'],
    [' ', 'A name cannot be empty.'],
    ['a'.repeat(256), 'Expected at most 255 characters.'],
    ['two\nlines', 'Expected no control characters.'],
    [null, 'Expected a value, not null.'],
  ]) {
    const refused = await rename(name)
    assert.deepEqual([...faultOf(refused), refused.json.errors[0].detail], [422, '/data/attributes/name', detail])
  }
  assert.equal((await rename('Platform')).json.data.attributes.name, 'Platform')
  const [event] = (await call('GET', '/audit-events?filter[action]=accounts.updated')).json.data
  assert.deepEqual([event.attributes.before, event.attributes.after], [{ name: 'main' }, { name: 'Platform' }])
})

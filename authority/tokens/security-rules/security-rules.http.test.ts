import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountA, accountB, startEverything } from '../../../testing/everything.ts'
import { document } from '../../../testing/kit.ts'

test('a member of several accounts reads and changes only the rules of the named account', async (t) => {
  const { call, tokens } = await startEverything(t)
  const token = tokens.owner
  for (const [type, change] of [
    ['security-rules', { 'max-personal-token-lifetime': 77 }],
    ['leak-rules', { private: 'rotate' }],
  ] as const) {
    const of = (account: string) => call('GET', `/${type}?filter[account]=${account}`, { token })
    const [one, other] = [await of(accountA), await of(accountB)]
    assert.notEqual(one.json.data.id, other.json.data.id)
    const changed = await call('PATCH', `/${type}?filter[account]=${accountB}`, { token, body: document(type, change) })
    assert.equal(changed.json.data.id, other.json.data.id)
    assert.deepEqual((await of(accountA)).json, one.json)
    const foreign = await call('GET', `/${type}?filter[account]=${accountA}`, { token: tokens.otherAccount })
    assert.equal(foreign.status, 403)
  }
})

test('users and policies are listed by account, at any scope', async (t) => {
  const { call, tokens, ids } = await startEverything(t)
  const list = async (path: string) => {
    const { json } = await call('GET', `${path}&page[size]=100`, { token: tokens.owner })
    return json.data.map(({ id }: { id: string }) => id)
  }
  assert.ok((await list(`/users?filter[account]=${accountA}`)).includes(ids['users']))
  assert.ok(!(await list(`/users?filter[account]=${accountB}`)).includes(ids['users']))
  const within = await list(`/access-policies?filter[within-account]=${accountA}`)
  const at = await list(`/access-policies?filter[account]=${accountA}`)
  assert.ok(within.length > at.length && at.every((id: string) => within.includes(id)))
  const { json } = await call('GET', `/access-policies/${at[0]}`, { token: tokens.owner })
  const [role] = json.data.relationships.roles.data
  const withRole = await list(`/access-policies?filter[within-account]=${accountA}&filter[role]=${role.id}`)
  assert.ok(withRole.includes(at[0]) && withRole.length < within.length)
  assert.deepEqual(await list('/access-policies?filter[role]=role-none'), [])
})

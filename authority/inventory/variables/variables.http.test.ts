import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Everything, serviceAccount, startEverything } from '../../../testing/everything.ts'
import { type Answer, document } from '../../../testing/kit.ts'

const cleanups: (() => unknown)[] = []
let everything: Everything

before(async () => {
  everything = await startEverything({ after: (end?: unknown) => void cleanups.push(end as () => unknown) })
})
after(async () => {
  for (const end of cleanups.reverse()) await end()
})

type Scope = 'accounts' | 'environments' | 'workspaces'

const relationTo = (scope: Scope) => ({ [scope.replace(/s$/, '')]: [scope, everything.ids[scope] as string] as const })

const create = (scope: Scope, attributes: object, query = ''): Promise<Answer> =>
  everything.call('POST', `/vars${query}`, {
    body: document('vars', { category: 'terraform', ...attributes }, relationTo(scope)),
  })
const change = (id: string, attributes: object, query = ''): Promise<Answer> =>
  everything.call('PATCH', `/vars/${id}${query}`, { body: { data: { type: 'vars', id, attributes } } })

describe('a sensitive variable', () => {
  test('appears in no response, for any caller', async () => {
    const secret = 'correct horse battery staple'
    const made = await create('workspaces', { key: 'password', value: secret, sensitive: true })
    assert.equal(made.status, 201)
    const { id } = made.json.data
    const answers = [
      made,
      await everything.call('GET', `/vars/${id}?include=updated-by`),
      await everything.call('GET', '/vars?filter[key]=password'),
      await change(id, { description: 'x' }),
      await everything.call('GET', '/audit-events?page[size]=100'),
    ]
    for (const answer of answers) assert.ok(!answer.text.includes(secret))
    assert.equal(answers[1]?.json.data.attributes.value, null)
    assert.equal(answers[1]?.json.data.attributes.sensitive, true)
  })

  test('cannot be made non-sensitive without a new value', async () => {
    const { id } = (await create('workspaces', { key: 'turned', value: 'old', sensitive: true })).json.data
    for (const attributes of [{ sensitive: false }, { sensitive: false, value: null }]) {
      const refused = await change(id, attributes)
      assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/data/attributes/sensitive'])
    }
    assert.equal((await change(id, { sensitive: false, value: 'new' })).json.data.attributes.value, 'new')
    assert.equal((await change(id, { sensitive: true })).json.data.attributes.value, null)
    assert.equal((await change(id, { sensitive: false, value: '' })).json.data.attributes.value, '')
  })

  test('is required for a value that contains a Mintmark token', async () => {
    for (const value of [everything.tokens.admin, `x=${everything.tokens.admin};`]) {
      const refused = await create('workspaces', { key: 'token', value })
      assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/data/attributes/sensitive'])
      assert.ok(!refused.text.includes(everything.tokens.admin))
    }
    const made = await create('workspaces', { key: 'token', value: everything.tokens.admin, sensitive: true })
    assert.equal(made.status, 201)
    const self = (await everything.call('GET', '/access-tokens/self')).json.data.id
    assert.equal(made.json.data.relationships['access-token'].data.id, self, 'the response refers to the token')
    const found = await everything.call('GET', `/vars?filter[access-token]=${self}`)
    assert.deepEqual(
      found.json.data.map(({ id }: { id: string }) => id),
      [made.json.data.id],
    )
    const replaced = await change(made.json.data.id, { value: 'something else' })
    assert.equal(replaced.json.data.relationships['access-token'].data, null)
    const described = await change(made.json.data.id, { description: `the token is ${everything.tokens.admin}` })
    assert.deepEqual(
      [described.status, described.json.errors?.[0].source.pointer],
      [422, '/data/attributes/description'],
    )
    const team = await everything.call('POST', '/teams', { body: document('teams', { name: everything.tokens.admin }) })
    assert.deepEqual(
      [team.status, team.json.errors[0].source.pointer, team.text.includes('eyJ')],
      [422, '/data/attributes/name', false],
    )
    const headers = [{ name: 'x', value: everything.tokens.admin, sensitive: false }]
    const pool = await everything.call('PATCH', `/agent-pools/${everything.ids['agent-pools']}`, {
      body: document('agent-pools', { 'webhook-headers': headers }),
    })
    assert.equal(pool.json.errors[0].source.pointer, '/data/attributes/webhook-headers/0')
  })
})

test('a value is write-only for callers without variables:read in its scope', async () => {
  const role = await everything.call('POST', '/roles', {
    body: document(
      'roles',
      { name: 'writer' },
      {
        permissions: ['variables:create', 'variables:update', 'workspaces:read'].map(
          (each) => ['permissions', each] as const,
        ),
      },
    ),
  })
  const writer = await serviceAccount(
    everything.authority,
    everything.ids['accounts'] as string,
    'writer',
    role.json.data.id,
    ['workspace', 'workspaces', everything.ids['workspaces'] as string],
  )
  const made = await everything.call('POST', '/vars', {
    token: writer,
    body: document('vars', { key: 'written', value: 'hidden', category: 'shell' }, relationTo('workspaces')),
  })
  assert.equal(made.status, 201, made.text)
  assert.equal(made.json.data.attributes.value, null)
  const changed = await everything.call('PATCH', `/vars/${made.json.data.id}`, {
    token: writer,
    body: document('vars', { description: 'mine' }),
  })
  assert.deepEqual([changed.status, changed.json.data?.attributes.value], [200, null])
  assert.equal((await everything.call('GET', `/vars/${made.json.data.id}`, { token: writer })).status, 404)
  assert.equal((await everything.call('GET', `/vars/${made.json.data.id}`)).json.data.attributes.value, 'hidden')
})

describe('keys', () => {
  test('are unique per kind in a scope; env and shell are the same kind', async () => {
    assert.equal((await create('accounts', { key: 'same', category: 'env' })).status, 201)
    assert.deepEqual(
      (await create('accounts', { key: 'same', category: 'shell' })).json.errors[0].source.pointer,
      '/data/attributes/key',
    )
    assert.equal((await create('accounts', { key: 'same' })).status, 201)
    assert.equal((await create('workspaces', { key: 'same' })).status, 201)
  })

  test('a final variable needs force over narrower ones, and then none can be created below it', async () => {
    await create('workspaces', { key: 'region', value: 'narrow' })
    const refused = await create('environments', { key: 'region', value: 'wide', final: true }, '?force=false')
    assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/data/attributes/final'])
    const forced = await create('environments', { key: 'region', value: 'wide', final: true }, '?force=true')
    assert.equal(forced.status, 201, forced.text)
    await everything.call(
      'DELETE',
      `/vars/${(await everything.call('GET', `/vars?filter[key]=region&filter[workspace]=in:${everything.ids['workspaces']}`)).json.data[0].id}`,
    )
    assert.equal((await create('workspaces', { key: 'region' })).status, 422)
    assert.equal((await change(forced.json.data.id, { final: false })).json.data.attributes.final, false)
    assert.equal((await create('workspaces', { key: 'region' })).status, 201)
    assert.equal((await change(forced.json.data.id, { final: true })).status, 422)
    assert.equal((await change(forced.json.data.id, { final: true }, '?force=true')).status, 200)
  })
})

test('hcl is silently false for shell and env', async () => {
  for (const category of ['shell', 'env']) {
    const made = await create('workspaces', { key: `hcl_${category}`, category, hcl: true })
    assert.deepEqual(
      [made.status, made.json.data.attributes.hcl, made.json.data.attributes.category],
      [201, false, category],
    )
    assert.equal((await change(made.json.data.id, { hcl: true })).json.data.attributes.hcl, false)
  }
  assert.equal(
    (await create('workspaces', { key: 'hcl_terraform', hcl: true, value: '["a"]' })).json.data.attributes.hcl,
    true,
  )
})

test('the narrowest scope applies, and unrelated scopes are refused', async () => {
  const both = { ...relationTo('environments'), ...relationTo('workspaces'), ...relationTo('accounts') }
  const made = await everything.call('POST', '/vars', {
    body: document('vars', { key: 'all', category: 'terraform' }, both),
  })
  assert.equal(made.json.data.relationships.workspace.data.id, everything.ids['workspaces'])
  const other = (await everything.create('environments')).json.data.id
  const refused = await everything.call('POST', '/vars', {
    body: document('vars', { key: 'torn', category: 'terraform' }, { ...both, environment: ['environments', other] }),
  })
  assert.deepEqual([refused.status, refused.json.errors?.[0].source.pointer], [422, '/data/relationships/environment'])
})

/** Access policies: one scope, one subject, roles of the same account, and the owner's own policy. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountA, accountB, adminRole, serviceAccount, startEverything } from '../../../testing/everything.ts'
import { document, errorOf, machine, type Related } from '../../../testing/kit.ts'

type Relations = Readonly<Record<string, Related>>

async function setUp(t: Parameters<typeof startEverything>[0]) {
  const { authority, tokens, ids } = await startEverything(t)
  const id = (type: string) => ids[type] as string
  const relations = {
    account: ['accounts', accountA],
    environment: ['environments', id('environments')],
    workspace: ['workspaces', id('workspaces')],
    user: ['users', id('users')],
    team: ['teams', id('teams')],
    serviceAccount: ['service-accounts', id('service-accounts')],
    roles: [['roles', id('roles')]],
  } as const
  const call = async (status: number, method: string, path: string, body?: unknown, token = tokens.owner) => {
    const answer = await authority.call(method, path, { token, ...(body === undefined ? {} : { body }) })
    assert.equal(answer.status, status, answer.text)
    return answer
  }
  const create = (status: number, given: Relations, token?: string) =>
    call(status, 'POST', '/access-policies', document('access-policies', {}, given), token)
  const related = async (policy: string) => {
    const { relationships } = (await call(200, 'GET', `/access-policies/${policy}`)).json.data
    const ofOne = ([name, { data }]: [string, { data: { id: string } | null }]) => [name, data?.id ?? null]
    const { roles, ...others } = relationships
    return {
      ...Object.fromEntries((Object.entries(others) as Parameters<typeof ofOne>[0][]).map(ofOne)),
      roles: roles.data.map((each: { id: string }) => each.id).toSorted(),
    }
  }
  const newRole = async (name: string, permission: string, account = accountA) => {
    const body = document(
      'roles',
      { name },
      { account: ['accounts', account], permissions: [['permissions', permission]] },
    )
    return (await call(201, 'POST', '/roles', body)).json.data.id as string
  }
  return { authority, tokens, relations, call, create, related, newRole }
}

describe('an access policy', () => {
  test('has the scope, the subject and the roles that are given', async (t) => {
    const { relations, create, related } = await setUp(t)
    const { account, environment, workspace, user, team, serviceAccount, roles } = relations
    const nothing = { environment: null, workspace: null, user: null, team: null, 'service-account': null }
    for (const [given, stored] of [
      [{ account, user }, { user: user[1] }],
      [{ account, 'service-account': serviceAccount }, { 'service-account': serviceAccount[1] }],
      [
        { environment, team },
        { environment: environment[1], team: team[1] },
      ],
      [
        { workspace, user },
        { workspace: workspace[1], user: user[1] },
      ],
    ] as const) {
      const { id } = (await create(201, { ...given, roles })).json.data
      assert.match(id, /^ap-/)
      const found = Object.fromEntries(
        Object.entries(await related(id)).filter(([name]) => name in nothing || name === 'roles'),
      )
      const { environment: within, ...others } = { ...nothing, ...stored, roles: [roles[0][1]] }
      // A workspace also shows its environment.
      if ('workspace' in stored) delete found['environment']
      assert.deepEqual(found, 'workspace' in stored ? others : { environment: within, ...others })
    }
  })

  test('has exactly one scope and one subject', async (t) => {
    const { relations, create } = await setUp(t)
    const { account, environment, workspace, user, team, serviceAccount, roles } = relations
    const scopes = 'Expected exactly one scope: account, environment, workspace.'
    const subjects = 'Expected exactly one subject: user, team, service-account.'
    for (const [given, detail, at] of [
      [{ user }, scopes, 'account'],
      [{ account, environment, user }, scopes, 'environment'],
      [{ environment, workspace, user }, scopes, 'workspace'],
      [{ account }, subjects, 'user'],
      [{ account, user, 'service-account': serviceAccount }, subjects, 'service-account'],
      [{ account, team, user }, subjects, 'team'],
    ] as const)
      assert.deepEqual(
        errorOf(await create(422, { ...given, roles })),
        ['invalid-relationship', detail, `/data/relationships/${at}`],
        JSON.stringify(given),
      )
  })

  test('has a subject and roles of the account of its scope', async (t) => {
    const { authority, relations, call, create, newRole } = await setUp(t)
    const { account, roles } = relations
    const other = { account: ['accounts', accountB] } as const
    const user = (
      await call(
        201,
        'POST',
        `/accounts/${accountB}/actions/invite`,
        document('users', { email: 'other@mintmark.internal' }),
      )
    ).json.data.relationships.user.data.id
    const team = (await call(201, 'POST', '/teams', document('teams', { name: 'others' }, other))).json.data.id
    const serviceAccount = (
      await call(201, 'POST', '/service-accounts', document('service-accounts', { name: 'other' }, other))
    ).json.data.id
    const subject = "Expected a subject of the scope's account."
    for (const [name, type, id] of [
      ['user', 'users', user],
      ['team', 'teams', team],
      ['service-account', 'service-accounts', serviceAccount],
    ] as const)
      assert.deepEqual(errorOf(await create(422, { account, [name]: [type, id], roles })), [
        'invalid-relationship',
        subject,
        `/data/relationships/${name}`,
      ])
    const foreign = await newRole('foreign', 'teams:read', accountB)
    const wrong = ['invalid-relationship', "Expected roles of the scope's account.", '/data/relationships/roles']
    const own = { account, user: relations.user }
    const both = [...roles, ['roles', foreign]] as const
    assert.deepEqual(errorOf(await create(422, { ...own, roles: both })), wrong)
    const { id } = (await create(201, { ...own, roles })).json.data
    const body = document('access-policies', {}, { roles: [['roles', foreign]] })
    assert.deepEqual(errorOf(await call(422, 'PATCH', `/access-policies/${id}`, body)), wrong)
    assert.ok((await authority.call('GET', `/access-policies/${id}`)).text.includes(roles[0][1]))
  })

  test('requires the permission to set access policies on its scope', async (t) => {
    const { authority, relations, create } = await setUp(t)
    const { account, environment, workspace, user, roles } = relations
    const { token } = await machine(authority, 'helper', {
      permissions: ['*:read', 'environments:set-access-policies'],
      scope: ['accounts', accountA],
    })
    await create(201, { environment, user, roles }, token)
    for (const [name, scope] of [
      ['account', account],
      ['workspace', workspace],
    ] as const) {
      const detail = `This requires the permission ${name}s:set-access-policies on the ${name}.`
      assert.deepEqual(errorOf(await create(403, { [name]: scope, user, roles }, token)), [
        'forbidden',
        detail,
        undefined,
      ])
    }
  })
})

describe('a change of an access policy', () => {
  test('replaces its roles, if any are given', async (t) => {
    const { relations, call, create, related, newRole } = await setUp(t)
    const { account, user, roles } = relations
    const { id } = (await create(201, { account, user, roles })).json.data
    const change = (given: Relations) =>
      call(200, 'PATCH', `/access-policies/${id}`, document('access-policies', {}, given))
    await change({})
    assert.deepEqual((await related(id)).roles, [roles[0][1]])
    const other = await newRole('other', 'tags:read')
    await change({ roles: [...roles, ['roles', other]] })
    assert.deepEqual((await related(id)).roles, [roles[0][1], other].toSorted())
    await change({ roles: [['roles', other]] })
    assert.deepEqual((await related(id)).roles, [other])
  })

  test('adds and removes only roles whose permissions the caller has', async (t) => {
    const { authority, relations, call, create, related, newRole } = await setUp(t)
    const { account, user, roles } = relations
    const { token } = await machine(authority, 'helper', {
      permissions: ['access-policies:read', 'accounts:set-access-policies', 'roles:read', 'teams:read', 'tags:read'],
      scope: ['accounts', accountA],
    })
    const strong = await newRole('strong', 'variables:read')
    const harmless = await newRole('harmless', 'tags:read')
    const { id } = (await create(201, { account, user, roles: [...roles, ['roles', harmless]] })).json.data
    const change = (status: number, ...wanted: string[]) =>
      call(
        status,
        'PATCH',
        `/access-policies/${id}`,
        document('access-policies', {}, { roles: wanted.map((role) => ['roles', role] as const) }),
        token,
      )
    const [usual] = roles[0].slice(1) as [string]
    assert.equal(errorOf(await change(403, usual, strong))[0], 'grants-more-than-held')
    await change(200, usual)
    assert.deepEqual((await related(id)).roles, [usual])
    await call(200, 'PATCH', `/access-policies/${id}`, document('access-policies', {}, { roles: [['roles', strong]] }))
    assert.equal(errorOf(await change(403, usual))[1], 'This would take away more than you have.')
    assert.deepEqual((await related(id)).roles, [strong])
  })

  test('of the owner is refused', async (t) => {
    const { call } = await setUp(t)
    const policies = (await call(200, 'GET', `/access-policies?filter[account]=${accountA}`)).json.data
    const own = policies.find((each: { attributes: Record<string, unknown> }) => each.attributes['is-system'])
    const refused = ['system-object', "This is the account owner's own policy and cannot be changed.", undefined]
    const body = document('access-policies', {}, { roles: [['roles', adminRole]] })
    assert.deepEqual(errorOf(await call(403, 'PATCH', `/access-policies/${own.id}`, body)), refused)
    assert.deepEqual(errorOf(await call(403, 'DELETE', `/access-policies/${own.id}`)), refused)
  })
})

test('the policies that apply to an environment or workspace include those of enclosing scopes, sorted by subject name', async (t) => {
  const { authority, tokens, call } = await setUp(t)
  const place = async (type: string, name: string, related = {}) =>
    (await call(201, 'POST', `/${type}`, document(type, { name }, { account: ['accounts', accountA], ...related })))
      .json.data.id as string
  const environment = await place('environments', 'stage')
  const other = await place('environments', 'another')
  const workspace = await place('workspaces', 'network', { environment: ['environments', environment], account: null })
  const grant = (name: string, scope: readonly [string, string, string], account = accountA) =>
    serviceAccount(authority, account, name, adminRole, scope)
  await grant('zeta', ['account', 'accounts', accountA])
  await grant('beta', ['workspace', 'workspaces', workspace])
  const inEnvironment = await grant('gamma', ['environment', 'environments', environment])
  await grant('aside', ['environment', 'environments', other])
  await grant('foreign', ['account', 'accounts', accountB], accountB)
  const granted = ['zeta', 'beta', 'gamma', 'aside', 'foreign']
  const { json } = await call(200, 'GET', '/service-accounts?page[size]=100')
  const names = new Map<string, string>(json.data.map((each: never) => [each['id'], each['attributes']['name']]))
  const subjects = async (id: string, token = tokens.owner) => {
    const path = `/access-policies?filter[applies-to]=${id}&sort=subject-name&page[size]=100`
    const { data } = (await authority.call('GET', path, { token })).json
    return data
      .map((each: never) => names.get((each['relationships']['service-account'] as never)['data']?.['id']))
      .filter((name: string) => granted.includes(name))
  }
  assert.deepEqual(await subjects(environment), ['gamma', 'zeta'])
  assert.deepEqual(await subjects(workspace), ['beta', 'gamma', 'zeta'])
  assert.deepEqual(await subjects(other), ['aside', 'zeta'])
  assert.deepEqual(await subjects(workspace, tokens.otherAccount), [])
  assert.deepEqual(await subjects('env-unknown'), [])
  assert.deepEqual(await subjects(workspace, inEnvironment), ['beta', 'gamma'])
})

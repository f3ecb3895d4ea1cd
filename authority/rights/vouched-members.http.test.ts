/** Rights granted later must not reach a person who admitted a user to the account and could have signed in as that user. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { browser, invitationSecret, other, start, strong } from '../../testing/browser.ts'
import { document, machine } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'

const admin = 'role-t67mjtmd93j62hg'
const email = 'boss@mintmark.internal'

async function begin(t: TestContext, options: Parameters<typeof start>[1] = {}) {
  const authority = await start(t, options)
  const { call, prepared } = authority
  const { account } = prepared
  const helper = await machine(authority, 'helper', {
    permissions: ['users:*', 'accounts:read', 'teams:*', 'roles:*', 'access-policies:read'],
    scope: ['accounts', account],
  })
  const as = (token: string) => async (status: number, method: string, path: string, body?: unknown) => {
    const answer = await call(method, path, { token, ...(body === undefined ? {} : { body }) })
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
    return answer
  }
  const inviting = `/accounts/${account}/actions/invite`
  /** Invites a user and accepts as that user. */
  const admit = async (token: string, address = email) => {
    const invited = await as(token)(201, 'POST', inviting, document('users', { email: address }))
    const user = invited.json.data.relationships.user.data.id as string
    const session = browser(authority)
    await session.ask('POST', '/auth/link/use', { secret: await invitationSecret(authority, user, { token }) })
    assert.equal((await session.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
    return { user, session }
  }
  const grant = (subject: Parameters<typeof document>[2], role = admin) =>
    document('access-policies', {}, { account: ['accounts', account], roles: [['roles', role]], ...subject })
  const newTeam = async (...users: string[]) =>
    (
      await as(prepared.token)(
        201,
        'POST',
        '/teams',
        document('teams', { name: `team ${users.join()}` }, { users: users.map((id) => ['users', id] as const) }),
      )
    ).json.data.id as string
  const roleOf = async (...permissions: string[]) =>
    (
      await as(prepared.token)(
        201,
        'POST',
        '/roles',
        document(
          'roles',
          { name: permissions.join() },
          { permissions: permissions.map((id) => ['permissions', id] as const) },
        ),
      )
    ).json.data.id as string
  const confirm = (user: string) => `/accounts/${account}/actions/confirm/${user}`
  return {
    ...authority,
    account,
    helper,
    owner: as(prepared.token),
    helping: as(helper.token),
    admit,
    grant,
    newTeam,
    roleOf,
    confirm,
    inviting,
  }
}

const stores = {
  SQLite: async () => ({}),
  PostgreSQL: async (t: TestContext) => ({ store: { url: await temporaryPostgres(t) } }),
}

for (const [kind, store] of Object.entries(stores))
  describe(`${kind}: a user admitted by a caller with fewer rights`, { concurrency: false }, () => {
    test('gets no rights that the voucher does not have, in any way, until confirmed', async (t) => {
      const { owner, helping, helper, admit, grant, newTeam, roleOf, confirm, account } = await begin(t, await store(t))
      const { user, session } = await admit(helper.token)
      const subject = { user: ['users', user] } as const
      const powerful = await newTeam()
      await owner(201, 'POST', '/access-policies', grant({ team: ['teams', powerful] }))
      const harmless = await newTeam(user)
      const [small, widened] = [await roleOf('teams:read'), await roleOf('users:read')]
      const policy = (await owner(201, 'POST', '/access-policies', grant(subject, small))).json.data.id
      await owner(201, 'POST', '/access-policies', grant({ team: ['teams', harmless] }, widened))
      const ways: Record<string, (status: number) => Promise<{ text: string }>> = {
        'a policy': (status) => owner(status, 'POST', '/access-policies', grant(subject)),
        'a changed policy': (status) =>
          owner(
            status,
            'PATCH',
            `/access-policies/${policy}`,
            document('access-policies', {}, { roles: [['roles', admin]] }),
          ),
        'a policy of a team': (status) =>
          owner(status, 'POST', '/access-policies', grant({ team: ['teams', harmless] })),
        'an extended role': (status) =>
          owner(
            status,
            'PATCH',
            `/roles/${widened}`,
            document(
              'roles',
              {},
              { permissions: ['users:read', 'tags:read'].map((id) => ['permissions', id] as const) },
            ),
          ),
        'a new member': (status) =>
          owner(status, 'PATCH', `/teams/${powerful}`, document('teams', {}, { users: [['users', user]] })),
        'another team': (status) =>
          owner(
            status,
            'PATCH',
            `/users/${user}`,
            document('users', {}, { teams: [harmless, powerful].map((id) => ['teams', id] as const) }),
          ),
        'the account itself': (status) =>
          owner(status, 'PATCH', `/accounts/${account}`, document('accounts', {}, { owner: ['users', user] })),
      }
      for (const [name, way] of Object.entries(ways))
        assert.match((await way(409)).text, /actions\/confirm\/user-/, name)
      assert.equal((await session.ask('GET', '/tags')).status, 403)
      await owner(204, 'POST', confirm(user))
      for (const [name, way] of Object.entries(ways)) await way(name.startsWith('a policy') ? 201 : 200)
      assert.equal((await session.ask('GET', '/tags')).status, 200)
      await helping(403, 'POST', confirm(user))
    })

    test('likewise with a first password', async (t) => {
      const { owner, helping, grant, confirm, inviting, call } = await begin(t, await store(t))
      const attributes = { email, password: other, status: 'Active' }
      const user = (await helping(201, 'POST', '/users', document('users', attributes))).json.data.id
      await helping(201, 'POST', inviting, document('users', { email }))
      const session = browser({ call })
      await session.ask('POST', '/auth/sign-in', { email, password: other })
      assert.equal((await session.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
      await owner(409, 'POST', '/access-policies', grant({ user: ['users', user] }))
      await helping(204, 'POST', confirm(user))
      await owner(409, 'POST', '/access-policies', grant({ user: ['users', user] }))
    })
  })

test('a user admitted by an administrator can get any rights, even after the administrator was deleted', async (t) => {
  const authority = await begin(t)
  const { owner, admit, grant, account, helper, confirm } = authority
  const second = await machine(authority, 'second', { permissions: ['*:*'], scope: ['accounts', account] })
  const { user } = await admit(second.token)
  await owner(204, 'DELETE', `/service-accounts/${second.id}`)
  await owner(201, 'POST', '/access-policies', grant({ user: ['users', user] }))
  const confirmed = await admit(helper.token, 'ann@mintmark.internal')
  await owner(204, 'POST', confirm(confirmed.user))
  await owner(204, 'DELETE', `/service-accounts/${helper.id}`)
  await owner(201, 'POST', '/access-policies', grant({ user: ['users', confirmed.user] }))
})

test('a narrowed token vouches only for its own rights, a link from the command line for everything', async (t) => {
  const { owner, call, admit, grant, link } = await begin(t)
  const narrowed = await owner(201, 'POST', '/access-tokens', document('access-tokens', { permissions: ['users:*'] }))
  const { user } = await admit(narrowed.json.data.attributes.token)
  const granting = (status: number) => owner(status, 'POST', '/access-policies', grant({ user: ['users', user] }))
  await granting(409)
  const boss = browser({ call })
  await boss.ask('POST', '/auth/link/use', { secret: await link(email) })
  await granting(409)
  assert.equal((await boss.ask('PUT', '/auth/methods/password', { password: other })).status, 204)
  await granting(201)
})

test('a user whose address was changed gets no rights that the changer does not have', async (t) => {
  const { owner, helping, admit, grant, prepared } = await begin(t)
  const { user } = await admit(prepared.token, 'mallory@mintmark.internal')
  const { user: second } = await admit(prepared.token, 'ann@mintmark.internal')
  await helping(200, 'PATCH', `/users/${user}`, document('users', { email }))
  await owner(409, 'POST', '/access-policies', grant({ user: ['users', user] }))
  await helping(200, 'PATCH', `/users/${second}`, document('users', { email: 'Ann@mintmark.internal' }))
  await owner(201, 'POST', '/access-policies', grant({ user: ['users', second] }))
  await owner(200, 'PATCH', `/users/${user}`, document('users', { email: 'mallory@mintmark.internal' }))
  await owner(409, 'POST', '/access-policies', grant({ user: ['users', user] }))
})

test('callers cannot confirm themselves, users of another account, or invited users', async (t) => {
  const { owner, prepared, confirm, inviting } = await begin(t)
  await owner(403, 'POST', confirm(prepared.user))
  await owner(404, 'POST', confirm('user-v0onobody'))
  const invited = await owner(201, 'POST', inviting, document('users', { email }))
  await owner(404, 'POST', confirm(invited.json.data.relationships.user.data.id))
})

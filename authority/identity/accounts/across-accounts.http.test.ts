/** A user in two accounts: each account sees and changes only what concerns it. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { browser, invitationSecret, start, strong } from '../../../testing/browser.ts'
import { accountA, accountB, serviceAccount } from '../../../testing/everything.ts'
import { document } from '../../../testing/kit.ts'
import { temporaryPostgres } from '../../../testing/postgres.ts'

const admin = 'role-t67mjtmd93j62hg'
const [owner, pia, ron] = ['user-v0oaaaaaaaaaaaaaa', 'user-v0oppppppppppppppp', 'user-v0orrrrrrrrrrrrrr']
const [teamA, teamB] = ['team-v0oaaaaaaaaaaaaaa', 'team-v0obbbbbbbbbbbbbb']
const to = (type: string, ...ids: readonly string[]) => ({ data: ids.map((id) => ({ type, id })) })
const one = (type: string, id: string) => ({ data: { type, id } })
const person = (id: string, email: string) => ({ type: 'users', id, attributes: { email } })
const account = (id: string, name: string) => ({
  type: 'accounts',
  id,
  attributes: { name },
  relationships: { owner: one('users', owner) },
})
const team = (id: string, account: string, ...users: string[]) => ({
  type: 'teams',
  id,
  attributes: { name: id },
  relationships: { account: one('accounts', account), users: to('users', ...users) },
})
/** Pia belongs to both accounts, Ron to Alpha. The teams have no policies. */
const resources = {
  data: [
    person(owner, 'owner@mintmark.internal'),
    person(pia, 'pia@mintmark.internal'),
    person(ron, 'ron@mintmark.internal'),
    account(accountA, 'alpha'),
    account(accountB, 'beta'),
    team(teamA, accountA, pia, ron),
    team(teamB, accountB, pia),
  ],
}

async function setUp(t: TestContext, options: Parameters<typeof start>[1] = {}) {
  const authority = await start(t, { resources, email: 'owner@mintmark.internal', ...options })
  const { call, link } = authority
  const adminOf = (id: string) => serviceAccount(authority, id, `admin ${id}`, admin, ['account', 'accounts', id])
  const signIn = async (email: string) => {
    const session = browser(authority)
    await session.ask('POST', '/auth/link/use', { secret: await link(email) })
    assert.equal((await session.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
    return session
  }
  const mint = async (session: Pick<Awaited<ReturnType<typeof signIn>>, 'ask'>, attributes: object = {}) => {
    const minted = await session.ask('POST', '/access-tokens', document('access-tokens', attributes))
    assert.equal(minted.status, 201, minted.text)
    return { id: minted.json.data.id as string, token: minted.json.data.attributes.token as string }
  }
  const grant = async (account: string, user: string, ...permissions: string[]) => {
    const related = {
      account: ['accounts', account],
      permissions: permissions.map((id) => ['permissions', id] as const),
    }
    const role = await call('POST', '/roles', {
      body: document('roles', { name: permissions.join() }, related as never),
    })
    const relations = { account: ['accounts', account], user: ['users', user], roles: [['roles', role.json.data.id]] }
    const made = await call('POST', '/access-policies', { body: document('access-policies', {}, relations as never) })
    assert.equal(made.status, 201, made.text)
  }
  const invite = async (account: string, email: string) => {
    const invited = await call('POST', `/accounts/${account}/actions/invite`, { body: document('users', { email }) })
    assert.equal(invited.status, 201, invited.text)
    return invited.json.data.relationships.user.data.id as string
  }
  return { ...authority, adminOf, signIn, mint, grant, invite }
}

const stores = {
  SQLite: async () => ({}),
  PostgreSQL: async (t: TestContext) => ({ store: { url: await temporaryPostgres(t) } }),
}

test('the audit events of a deleted user name no team of another account', async (t) => {
  const { call, adminOf } = await setUp(t)
  assert.equal((await call('DELETE', `/users/${pia}`)).status, 204)
  for (const account of [accountA, accountB]) {
    const events = await call('GET', `/audit-events?filter[subject-id]=${pia}&filter[action]=users.deleted`, {
      token: await adminOf(account),
    })
    assert.equal(events.json.data.length, 1)
    assert.match(events.text, /pia@mintmark\.internal/)
    assert.doesNotMatch(events.text, new RegExp(`${teamA}|${teamB}`))
  }
})

test("permission to update a user in one account does not allow changing the user's teams in another", async (t) => {
  const { call, signIn, mint, grant, invite, ...authority } = await setUp(t)
  const sam = await signIn('ron@mintmark.internal')
  await invite(accountB, 'ron@mintmark.internal')
  const secret = await invitationSecret({ call, prepared: authority.prepared }, ron, { account: accountB })
  assert.equal((await sam.ask('POST', '/auth/invitations/accept', { secret })).status, 200)
  await grant(accountA, ron, 'users:update', 'users:read', 'teams:read')
  await grant(accountB, ron, 'users:read', 'teams:read')
  const uma = await invite(accountA, 'uma@mintmark.internal')
  await invite(accountB, 'uma@mintmark.internal')
  const { token } = await mint(sam)
  const setTeams = (...teams: string[]) =>
    call('PATCH', `/users/${uma}`, {
      token,
      body: document('users', {}, { teams: teams.map((id) => ['teams', id] as const) }),
    })
  const membersOfB = async () =>
    (await call('GET', `/teams/${teamB}`)).json.data.relationships.users.data.map(({ id }: { id: string }) => id)
  assert.equal((await setTeams(teamA)).status, 200)
  const refused = await setTeams(teamA, teamB)
  assert.deepEqual([refused.status, refused.json.errors?.[0].code], [403, 'forbidden'], refused.text)
  assert.deepEqual(await membersOfB(), [pia])
  await call('PATCH', `/teams/${teamB}`, {
    body: document('teams', {}, { users: [['users', pia] as const, ['users', uma] as const] }),
  })
  assert.equal((await setTeams(teamA)).status, 403, 'leaving a team out is refused too')
  assert.equal((await setTeams(teamB)).status, 200, "keeping the other account's team is not a change")
  assert.deepEqual((await membersOfB()).toSorted(), [pia, uma].toSorted())
})

for (const [kind, store] of Object.entries(stores))
  describe(`${kind}: an account does not learn`, { concurrency: false }, () => {
    test('by a filter which of its users belong, or are invited, to another account', async (t) => {
      const { call, adminOf, invite, signIn, mint } = await setUp(t, await store(t))
      await mint(await signIn('pia@mintmark.internal'))
      await invite(accountB, 'ron@mintmark.internal')
      const [alpha, beta] = [await adminOf(accountA), await adminOf(accountB)]
      const found = async (token: string, path: string) =>
        (await call('GET', path, { token })).json.data.map(({ id }: { id: string }) => id) as string[]
      for (const value of [accountB, `in:${accountB}`, `like:${accountB.slice(0, -2)}`]) {
        assert.deepEqual(await found(alpha, `/users?filter[account]=${value}`), [], value)
        assert.deepEqual(
          await found(alpha, `/reports/access-tokens?filter[account]=${value}&filter[owner-type]=user`),
          [],
        )
      }
      assert.deepEqual((await found(alpha, `/users?filter[account]=${accountA}`)).toSorted(), [owner, pia, ron])
      assert.deepEqual((await found(beta, `/users?filter[account]=${accountB}`)).toSorted(), [owner, pia, ron])
    })

    test('about a leaked token narrowed to another account, which alone can contain it', async (t) => {
      const { call, adminOf, signIn, mint, grant } = await setUp(t, await store(t))
      await grant(accountA, pia, 'teams:read')
      const { token, id } = await mint(await signIn('pia@mintmark.internal'), { scopes: [accountA] })
      await call('POST', '/leaks/report', {
        token: null,
        body: { tokens: [token], place: { url: 'https://git.alpha.example/secret-project' } },
        headers: { 'content-type': 'application/json' },
      })
      const [alpha, beta] = [await adminOf(accountA), await adminOf(accountB)]
      const seen = await call('GET', '/leak-reports', { token: alpha })
      assert.equal(seen.json.data[0]?.relationships.token.data.id, id, seen.text)
      assert.deepEqual((await call('GET', '/leak-reports', { token: beta })).json.data, [])
      const path = `/leak-reports/${seen.json.data[0].id}`
      assert.equal((await call('GET', path, { token: beta })).status, 404)
      const contain = (caller: string) =>
        call('POST', `${path}/actions/contain`, { token: caller, body: { what: 'token' } })
      assert.equal((await contain(beta)).status, 404)
      const contained = await contain(alpha)
      assert.equal(contained.status, 200, contained.text)
    })

    test('by introspection about a token narrowed to another account', async (t) => {
      const { call, adminOf, signIn, mint, grant } = await setUp(t, await store(t))
      await grant(accountA, pia, 'teams:read')
      const session = await signIn('pia@mintmark.internal')
      const introspect = async (caller: string, token: string) =>
        (
          await call('POST', '/oauth/introspect', {
            token: caller,
            body: new URLSearchParams({ token }).toString(),
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          })
        ).json
      const [alpha, beta] = [await adminOf(accountA), await adminOf(accountB)]
      const { token } = await mint(session, { scopes: [accountA] })
      assert.deepEqual(await introspect(beta, token), { active: false })
      assert.deepEqual((await introspect(alpha, token)).scopes, [accountA])
      assert.equal((await introspect(beta, (await mint(session)).token)).active, true)
    })
  })

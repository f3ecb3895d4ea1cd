/** Membership begins when the user accepts, and credentials prepared in advance do not give access to rights granted later. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { acceptAsNew, browser, invitationSecret, other, start, strong } from '../../../testing/browser.ts'
import { document, type Machine } from '../../../testing/kit.ts'
import { stores } from '../../../testing/stores.ts'

const admin = 'role-t67mjtmd93j62hg'
const reader = 'role-t67mjtmabulckto'
const first = 'Quill-velvet-orbit-77'

const object = (type: string, id: string, attributes: object, relations: Readonly<Record<string, unknown>> = {}) => ({
  type,
  id,
  attributes,
  relationships: Object.fromEntries(Object.entries(relations).map(([name, data]) => [name, { data }])),
})
const to = (type: string, id: string) => ({ type, id })

/** Two unrelated accounts: Alpha with Ada, Beta with Ben. */
const resources = {
  data: ['ada', 'ben'].flatMap((name, at) => {
    const account = at === 0 ? 'acc-alpha' : 'acc-beta'
    return [
      object('users', `user-${name}`, { email: `${name}@${account}.example`, 'full-name': name }),
      object('accounts', account, { name: account }, { owner: to('users', `user-${name}`) }),
    ]
  }),
}

async function twoAccounts(t: TestContext, store?: Parameters<typeof start>[1]) {
  const authority = await start(t, { resources, ...store })
  const { call, link } = authority
  const ada = browser(authority)
  await ada.ask('POST', '/auth/link/use', { secret: await link('ada@acc-alpha.example') })
  await ada.ask('PUT', '/auth/methods/password', { password: strong })
  const ben = browser(authority)
  await ben.ask('POST', '/auth/link/use', { secret: await link('ben@acc-beta.example') })
  await ben.ask('PUT', '/auth/methods/password', { password: other })
  const tokenOf = async (person: typeof ada) =>
    (await person.ask('POST', '/access-tokens', document('access-tokens', { name: 'own' }))).json.data.attributes.token
  return { ...authority, call, ada, ben, adaToken: await tokenOf(ada), benToken: await tokenOf(ben) }
}

type Two = Awaited<ReturnType<typeof twoAccounts>>

async function invite(
  { call }: Pick<Two, 'call'>,
  token: string,
  account: string,
  email: string,
  relations: Parameters<typeof document>[2] = {},
) {
  const invited = await call('POST', `/accounts/${account}/actions/invite?include=user`, {
    token,
    body: document('users', { email }, relations),
  })
  assert.equal(invited.status, 201, invited.text)
  return { invited, user: invited.json.data.relationships.user.data.id as string }
}

/** A service account of Alpha with these permissions, created by Ada. */
async function helperOf(two: Two, permissions: readonly string[]): Promise<Machine> {
  const as = (method: string, path: string, body: unknown) => two.call(method, path, { token: two.adaToken, body })
  const made = await as('POST', '/service-accounts', document('service-accounts', { name: 'helper' }))
  const id = made.json.data.id
  const role = await as(
    'POST',
    '/roles',
    document('roles', { name: 'helping' }, { permissions: permissions.map((each) => ['permissions', each] as const) }),
  )
  const policy = await as(
    'POST',
    '/access-policies',
    document(
      'access-policies',
      {},
      {
        account: ['accounts', 'acc-alpha'],
        'service-account': ['service-accounts', id],
        roles: [['roles', role.json.data.id]],
      },
    ),
  )
  assert.equal(policy.status, 201, policy.text)
  const minted = await as('POST', `/service-accounts/${id}/access-tokens`, document('access-tokens', { name: 't' }))
  return { id, email: made.json.data.attributes.email, token: minted.json.data.attributes.token }
}

const grant = (two: Two, user: string, role = admin) =>
  two.call('POST', '/access-policies', {
    token: two.adaToken,
    body: document(
      'access-policies',
      {},
      { account: ['accounts', 'acc-alpha'], user: ['users', user], roles: [['roles', role]] },
    ),
  })

for (const [kind, store] of Object.entries(stores))
  test(`${kind}: an invited user has no access to the account until they accept, and nothing changes for them`, async (t) => {
    const two = await twoAccounts(t, { store: await store(t) })
    const { call, ada, adaToken, benToken } = two
    const team = (
      await call('POST', '/teams', {
        token: adaToken,
        body: document('teams', { name: 'alpha team' }, { users: [['users', 'user-ada']] }),
      })
    ).json.data.id
    const { invited, user } = await invite(two, benToken, 'acc-beta', 'ADA@acc-alpha.example', {
      roles: [['roles', reader]],
    })
    assert.equal(user, 'user-ada')
    assert.deepEqual(invited.json.data.attributes, { status: 'Pending', 'last-login-at': null })
    const shown = invited.json.included[0]
    const { status, 'full-name': name, 'last-login-at': seen } = shown.attributes
    assert.deepEqual([status, name, seen, shown.relationships.teams.data], ['Pending', null, null, []])

    const asBen = (path: string) => call('GET', path, { token: benToken })
    const listed = (await asBen('/users?filter[account]=acc-beta')).json.data
    assert.equal(listed.find((each: { id: string }) => each.id === user).attributes.status, 'Pending')
    for (const query of [
      'filter[status]=Active',
      'query=ada',
      'sort=-last-login-at',
      'filter[account]=acc-beta&sort=status',
    ])
      assert.equal((await asBen(`/users?${query}`)).text.includes('user-ada'), false, query)
    assert.equal((await asBen('/reports/access-tokens')).text.includes('user-ada'), false, 'no tokens')
    assert.equal((await asBen(`/users/${user}?include=teams`)).text.includes(team), false, 'no team ids')
    assert.equal(
      (await asBen('/account-users?filter[account]=acc-beta&query=ada@')).json.data[0].attributes.status,
      'Pending',
    )
    for (const body of [{ status: 'Inactive' }, { 'full-name': 'X' }, { email: 'x@x.example' }]) {
      const refused = await call('PATCH', `/users/${user}`, { token: benToken, body: document('users', body) })
      assert.equal(refused.status, 403, refused.text)
    }

    const asAda = (path: string) => call('GET', path, { token: adaToken })
    assert.deepEqual(
      (await asAda('/accounts')).json.data.map((each: { id: string }) => each.id),
      ['acc-alpha'],
    )
    const rule = document('security-rules', { 'max-personal-token-lifetime': 1 })
    assert.equal((await call('PATCH', '/security-rules', { token: benToken, body: rule })).status, 200)
    const minted = await ada.ask(
      'POST',
      '/access-tokens',
      document('access-tokens', { name: 'long', scopes: ['acc-alpha'] }),
    )
    assert.equal(minted.status, 201, 'the rules of an inviting account do not apply')
    const changed = await call('PATCH', `/users/${user}`, {
      token: adaToken,
      body: document('users', { 'full-name': 'Ada L' }),
    })
    assert.equal(changed.status, 200, "the user's own account can still change them")

    const secret = await invitationSecret(two, user, { token: benToken, account: 'acc-beta' })
    const opened = await ada.ask('POST', '/auth/link/open', { secret })
    assert.deepEqual(
      [opened.json.needs, opened.json['full-name'], opened.json['account-name']],
      ['sign-in', null, 'acc-beta'],
    )
    const asSession = await browser(two).ask('POST', '/auth/link/use', { secret })
    assert.deepEqual(
      [asSession.status, asSession.json.errors[0].code],
      [409, 'conflict'],
      'the inviter cannot sign in as the user',
    )
    const wrongPerson = await two.ben.ask('POST', '/auth/invitations/accept', { secret })
    assert.equal(wrongPerson.status, 403, wrongPerson.text)
    const accepted = await ada.ask('POST', '/auth/invitations/accept', { secret })
    assert.deepEqual([accepted.status, accepted.json], [200, { account: 'acc-beta' }], accepted.text)
    assert.equal((await ada.ask('POST', '/auth/invitations/accept', { secret })).status, 401, 'once')
    const now = (await asAda('/accounts')).json.data.map((each: { id: string }) => each.id).sort()
    assert.deepEqual(now, ['acc-alpha', 'acc-beta'], 'a member from the next request on')
    const members = (await asBen('/account-users?filter[account]=acc-beta')).json.data
    assert.ok(
      members.some((each: { id: string }) => each.id === invited.json.data.id),
      'under the same id',
    )
    assert.equal((await asBen(`/users/${user}?include=teams`)).text.includes(team), false, 'still no team ids')

    const elsewhere = minted.json.data.id
    for (const path of ['/reports/access-tokens', '/reports/access-tokens?filter[account]=acc-beta']) {
      const report = (await asBen(path)).text
      assert.deepEqual([report.includes(user), report.includes(elsewhere)], [true, false], path)
    }
    assert.ok((await asAda('/findings')).text.includes(elsewhere), 'a token without an expiry')
    assert.equal((await asBen('/findings')).text.includes(elsewhere), false)
    assert.equal(
      (await asBen(`/access-tokens/${elsewhere}`)).status,
      404,
      'a token narrowed to another account is not visible',
    )
    assert.equal((await asAda(`/access-tokens/${elsewhere}`)).status, 200)
    assert.ok((await asAda('/reports/access-tokens?filter[account]=acc-alpha')).text.includes(elsewhere))
  })

test('accepting an invitation requires a session with recent re-authentication', async (t) => {
  const two = await twoAccounts(t)
  const { user } = await invite(two, two.benToken, 'acc-beta', 'ada@acc-alpha.example')
  const secret = await invitationSecret(two, user, { token: two.benToken, account: 'acc-beta' })
  two.world.set('2030-01-01T00:16:00Z')
  const stale = await two.ada.ask('POST', '/auth/invitations/accept', { secret })
  assert.equal(stale.json.errors[0].code, 'step-up-required')
  const withoutSession = await browser(two).ask('POST', '/auth/invitations/accept', { secret })
  assert.equal(withoutSession.json.errors[0].code, 'no-session')
})

test('an invitation can be withdrawn, which invalidates its link', async (t) => {
  const two = await twoAccounts(t)
  const { user } = await invite(two, two.benToken, 'acc-beta', 'ada@acc-alpha.example', { roles: [['roles', admin]] })
  const secret = await invitationSecret(two, user, { token: two.benToken, account: 'acc-beta' })
  const removed = await two.call('DELETE', `/accounts/acc-beta/actions/remove/${user}`, { token: two.benToken })
  assert.equal(removed.status, 204, removed.text)
  assert.equal((await two.ada.ask('POST', '/auth/invitations/accept', { secret })).status, 401)
  const policies = await two.call('GET', `/access-policies?filter[user]=${user}`, { token: two.benToken })
  assert.deepEqual(policies.json.data, [])
})

test('a link of one account does not invalidate the link of another', async (t) => {
  const two = await twoAccounts(t)
  const email = 'new@somewhere.example'
  const { user } = await invite(two, two.adaToken, 'acc-alpha', email)
  await invite(two, two.benToken, 'acc-beta', email)
  const alpha = await invitationSecret(two, user, { token: two.adaToken, account: 'acc-alpha' })
  await invitationSecret(two, user, { token: two.benToken, account: 'acc-beta' })
  const person = browser(two)
  assert.equal((await person.ask('POST', '/auth/link/use', { secret: alpha })).status, 200)
  assert.equal((await person.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
  const own = await person.ask('GET', '/auth/session')
  assert.deepEqual(
    own.json.session.accounts.map(({ id }: { id: string }) => id),
    ['acc-alpha'],
    'only the accepted account',
  )
})

test('setting the first credential accepts the invitation of the account that created the user, and no other', async (t) => {
  const two = await twoAccounts(t)
  const accountsOf = async (person: ReturnType<typeof browser>) =>
    (await person.ask('GET', '/auth/session')).json.session.accounts.map(({ id }: { id: string }) => id)
  const add = async (email: string, attributes: object = {}) => {
    await two.call('POST', '/users', { token: two.adaToken, body: document('users', { email, ...attributes }) })
    await invite(two, two.adaToken, 'acc-alpha', email, { roles: [['roles', reader]] })
  }
  await add('local@alpha.example')
  await invite(two, two.benToken, 'acc-beta', 'local@alpha.example')
  const local = browser(two)
  await local.ask('POST', '/auth/link/use', { secret: await two.link('local@alpha.example') })
  await local.ask('PUT', '/auth/methods/password', { password: strong })
  assert.deepEqual(await accountsOf(local), ['acc-alpha'], 'with a link from the command line')

  await add('hired@alpha.example', { password: first })
  const hired = browser(two)
  await hired.ask('POST', '/auth/sign-in', { email: 'hired@alpha.example', password: first })
  assert.deepEqual(await accountsOf(hired), [])
  await hired.ask('PUT', '/auth/methods/password', { password: strong })
  assert.deepEqual(
    await accountsOf(hired),
    ['acc-alpha'],
    'with a first password from a caller who has the granted rights',
  )
})

describe('credentials prepared before rights were granted', { concurrency: false }, () => {
  const helping = ['users:*', 'teams:read', 'accounts:read'] as const

  test('a link is invalid if its creator does not have the new rights', async (t) => {
    const two = await twoAccounts(t)
    const helper = await helperOf(two, helping)
    const { user } = await invite(two, helper.token, 'acc-alpha', 'boss@alpha.example')
    const secret = await invitationSecret(two, user, { token: helper.token, account: 'acc-alpha' })
    assert.equal((await browser(two).ask('POST', '/auth/link/open', { secret })).status, 200)
    assert.equal((await grant(two, user)).status, 201)
    for (const path of ['/auth/link/open', '/auth/link/use'])
      assert.equal((await browser(two).ask('POST', path, { secret })).status, 401, path)
    await acceptAsNew({ ...two, prepared: { ...two.prepared, account: 'acc-alpha' } }, user)
  })

  test('a session started with such a link cannot be completed', async (t) => {
    const two = await twoAccounts(t)
    const helper = await helperOf(two, helping)
    const { user } = await invite(two, helper.token, 'acc-alpha', 'boss@alpha.example')
    const thief = browser(two)
    const secret = await invitationSecret(two, user, { token: helper.token, account: 'acc-alpha' })
    assert.equal((await thief.ask('POST', '/auth/link/use', { secret })).status, 200)
    assert.equal((await grant(two, user)).status, 201)
    assert.equal((await thief.ask('PUT', '/auth/methods/password', { password: strong })).status, 401)
  })

  for (const [name, give] of Object.entries({
    'a team that has a policy': async (two: Two, user: string) => {
      const team = (await two.call('POST', '/teams', { token: two.adaToken, body: document('teams', { name: 't' }) }))
        .json.data.id
      const policy = document(
        'access-policies',
        {},
        { account: ['accounts', 'acc-alpha'], team: ['teams', team], roles: [['roles', admin]] },
      )
      await two.call('POST', '/access-policies', { token: two.adaToken, body: policy })
      return two.call('PATCH', `/teams/${team}`, {
        token: two.adaToken,
        body: document('teams', {}, { users: [['users', user]] }),
      })
    },
    'an extended role': async (two: Two, user: string) => {
      const role = (
        await two.call('POST', '/roles', {
          token: two.adaToken,
          body: document('roles', { name: 'r' }, { permissions: [['permissions', 'teams:read']] }),
        })
      ).json.data.id
      await grant(two, user, role)
      return two.call('PATCH', `/roles/${role}`, {
        token: two.adaToken,
        body: document('roles', {}, { permissions: [['permissions', '*:*']] }),
      })
    },
  }))
    test(`a link becomes invalid when rights are granted by ${name}`, async (t) => {
      const two = await twoAccounts(t)
      const helper = await helperOf(two, helping)
      const { user } = await invite(two, helper.token, 'acc-alpha', 'boss@alpha.example')
      const secret = await invitationSecret(two, user, { token: helper.token, account: 'acc-alpha' })
      assert.equal((await give(two, user)).status, 200)
      assert.equal((await browser(two).ask('POST', '/auth/link/use', { secret })).status, 401)
    })

  test('a link is invalid after its token is revoked or its creator is deactivated', async (t) => {
    const two = await twoAccounts(t)
    const helper = await helperOf(two, helping)
    const { user } = await invite(two, helper.token, 'acc-alpha', 'guest@alpha.example')
    const secret = await invitationSecret(two, user, { token: helper.token, account: 'acc-alpha' })
    const status = (to: string) =>
      two.call('PATCH', `/service-accounts/${helper.id}`, {
        token: two.adaToken,
        body: document('service-accounts', { status: to }),
      })
    const opens = async () => (await browser(two).ask('POST', '/auth/link/open', { secret })).status
    assert.equal(await opens(), 200)
    await status('Inactive')
    assert.equal(await opens(), 401)
    await status('Active')
    assert.equal(await opens(), 200)
    const own = (await two.call('GET', '/access-tokens/self', { token: helper.token })).json.data.id
    await two.call('DELETE', `/access-tokens/${own}`, { token: two.adaToken })
    assert.equal(await opens(), 401)
  })

  test('a first password is invalid once its chooser has fewer rights than the user, even in a session it started', async (t) => {
    const two = await twoAccounts(t)
    const helper = await helperOf(two, helping)
    const email = 'new.cto@alpha.example'
    const made = await two.call('POST', '/users', {
      token: helper.token,
      body: document('users', { email, password: first, status: 'Active' }),
    })
    assert.equal(made.status, 201, made.text)
    const thief = browser(two)
    const signIn = () => thief.ask('POST', '/auth/sign-in', { email, password: first })
    assert.equal((await signIn()).json.session.needs, 'new-password')
    await invite(two, two.adaToken, 'acc-alpha', email, { roles: [['roles', admin]] })
    assert.equal((await thief.ask('PUT', '/auth/methods/password', { password: strong })).status, 401)
    assert.equal((await signIn()).status, 401)
  })

  test('credentials that another person set up for an address in another account gain nothing from an invitation', async (t) => {
    const two = await twoAccounts(t)
    const email = 'new.cto@alpha.example'
    await two.call('POST', '/users', {
      token: two.benToken,
      body: document('users', { email, password: first, status: 'Active' }),
    })
    const thief = browser(two)
    await thief.ask('POST', '/auth/sign-in', { email, password: first })
    assert.equal((await thief.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
    const { user } = await invite(two, two.adaToken, 'acc-alpha', email, { roles: [['roles', admin]] })
    const token = (await thief.ask('POST', '/access-tokens', document('access-tokens', { name: 't' }))).json.data
      .attributes.token
    for (const response of [thief.ask('GET', '/roles'), two.call('GET', '/roles', { token })])
      assert.equal((await response).status, 403)
    const secret = await invitationSecret(two, user, { token: two.adaToken, account: 'acc-alpha' })
    assert.equal(
      (await browser(two).ask('POST', '/auth/link/use', { secret })).status,
      409,
      'and Ada cannot act as them',
    )
  })
})

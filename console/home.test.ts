/** The home page in a real browser: each finding has an action that resolves it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realWorld } from '../authority/world.ts'
import { recordApiRequests } from '../testing/console/api-requests.ts'
import { choose, violationsAt, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document, machine } from '../testing/kit.ts'
import { insertTokens } from '../testing/many-tokens.ts'
import { rawSql } from '../testing/raw-sql.ts'

let home = ''
let earlier = 0

const world = { ...realWorld, now: () => new Date(realWorld.now().getTime() - earlier) }
const shown = sharedConsole(
  ({ authority }) => {
    home = `/${authority.prepared.account}`
  },
  { world, gitlabToken: 'shared' },
)

const minted = async (owner: string, attributes: object) => {
  const body = document('access-tokens', attributes)
  return (await shown.authority.call('POST', `/service-accounts/${owner}/access-tokens`, { body })).json.data
}

describeInBrowser('home', () => {
  test('an account without a service account sees the first steps', async () => {
    const page = await shown.visit('/')
    const begin = page.getByRole('region', { name: 'Get started' })
    await begin.getByText('Service account').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'home-first'), [])
    await begin.getByRole('link', { name: 'Create: Service account' }).click()
    await page.getByRole('heading', { name: 'Create service account', level: 1 }).waitFor()
  })

  test('an account without findings sees that all is clear', async () => {
    const { call, prepared } = shown.authority
    const team = (await call('POST', '/teams', { body: document('teams', { name: 'Everybody' }) })).json.data
    const policy = { permissions: ['*:read'], scope: ['accounts', prepared.account] } as const
    const owned = await machine(shown.authority, 'owned', policy)
    const [{ id: token }] = (await call('GET', `/service-accounts/${owned.id}/access-tokens`)).json.data
    assert.equal((await call('DELETE', `/access-tokens/${token}`)).status, 204)
    const set = await call('PATCH', `/service-accounts/${owned.id}`, {
      body: document('service-accounts', {}, { owners: [['teams', team.id]] }),
    })
    assert.equal(set.status, 200, set.text)

    // The first token has no expiration; its successor has one.
    await shown.authority.call('POST', '/access-tokens/self/actions/rotate', {
      body: { 'expires-in': 90 * 1440 },
      headers: { 'content-type': 'application/json' },
    })
    const page = await shown.visit('/')
    await page.getByText('All clear').waitFor()
    assert.equal(new URL(page.url()).pathname, home)
    assert.deepEqual(await violationsInAllThemes(page, 'home-calm'), [])
    await shown.release(page.context())
    // Tokens created below must not outlive it.
    await shown.authority.database.write(async (db) => {
      const [{ id: first }] = (await call('GET', '/access-tokens?filter[name]=first token')).json.data
      await db.updateTable('accessTokens').set({ expiresAt: null }).where('id', '=', first).execute()
    })
  })

  test('findings are listed by urgency, and each action resolves its finding', async () => {
    const { authority } = shown
    const { call, prepared } = authority
    const role = { permissions: ['*:read'], scope: ['accounts', prepared.account] } as const
    await call('POST', '/teams', { body: document('teams', { name: 'Platform' }) })
    earlier = 100 * 86_400_000
    const owned = await machine(authority, 'nightly-backup', role)
    await call(
      'DELETE',
      `/access-tokens/${(await call('GET', `/service-accounts/${owned.id}/access-tokens`)).json.data[0].id}`,
    )
    await minted(owned.id, { name: 'forgotten', 'expires-in': 365 * 1440 })
    earlier = 50 * 86_400_000
    await minted(owned.id, { name: 'soon over', 'expires-in': 53 * 1440 })
    earlier = 0
    const lonely = await machine(authority, 'lonely')
    const leaked = await minted(owned.id, { name: 'pasted', 'expires-in': 60 * 1440 })
    await call('PATCH', '/leak-rules', { body: document('leak-rules', { public: 'notify' }) })
    await call('POST', '/v1/revoke_tokens', {
      token: null,
      body: [
        {
          type: 'gitleaks_rule_id_mintmark-token',
          token: leaked.attributes.token,
          location: 'https://gitlab.example/group/project/-/blob/main/deploy.sh#L3',
        },
      ],
      headers: { authorization: 'shared', 'content-type': 'application/json' },
    })
    for (let time = 0; time < 3; time++) await call('GET', '/ping', { token: lonely.token })

    const page = await shown.visit(home)
    await page.getByRole('heading', { name: 'Leaked tokens' }).waitFor()
    const order = await page
      .getByRole('region', { name: 'Needs attention' })
      .getByRole('heading', { level: 3 })
      .allTextContents()
    assert.deepEqual(order, [
      'Leaked tokens',
      'Tokens about to expire',
      'Service accounts without access',
      'Service accounts without an owner',
      'Unused tokens',
      'Tokens that never expire',
    ])
    assert.deepEqual(await violationsInAllThemes(page, 'home'), [])
    await page.setViewportSize({ width: 1280, height: 900 })
    const gone = (name: string) => page.getByRole('button', { name, exact: true }).waitFor({ state: 'detached' })

    await page.getByRole('link', { name: 'View report: pasted' }).click()
    await page.getByRole('button', { name: 'Revoke…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke now' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal((await call('GET', '/ping', { token: leaked.attributes.token })).status, 401)
    await page.getByRole('link', { name: 'Home', exact: true }).click()
    await page.getByRole('heading', { name: 'Tokens about to expire' }).waitFor()
    await page.getByRole('heading', { name: 'Leaked tokens' }).waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Rotate: soon over' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click()
    await page.getByLabel('I have saved this token').check()
    await page.getByRole('button', { name: 'Done' }).click()
    await gone('Rotate: soon over')

    await page.getByRole('button', { name: 'Rotate: test' }).click()
    await page.getByText('The current token never expires').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-rotate-endless'), [])
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click()
    await page.getByText('expires in 30 days').waitFor()
    await page.getByLabel('I have saved this token').check()
    await page.getByRole('button', { name: 'Done' }).click()
    await gone('Rotate: test')

    await page.getByRole('button', { name: 'Revoke: forgotten' }).click()
    await page.getByRole('button', { name: 'Revoke token' }).click()
    await gone('Revoke: forgotten')

    await page.getByRole('button', { name: 'Add access policy: lonely' }).click()
    await choose(page, 'Roles', 'reader')
    await page.getByRole('button', { name: 'Add policy' }).click()
    await gone('Add access policy: lonely')

    await page.getByRole('button', { name: 'Set owners: lonely' }).click()
    await choose(page, 'Owners', 'Platform')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await gone('Set owners: lonely')
  })

  test('a day of the calendar has the number of tokens that expire on it, and opens the report of these tokens', async () => {
    const { authority } = shown
    const { id } = await machine(authority, 'calendar')
    const count = 1_200
    await insertTokens(authority.database, { owner: id, account: authority.prepared.account, count, prefix: 'day' })
    const at = new Date(realWorld.now().getTime() + 2 * 86_400_000)
    at.setHours(12, 0, 0, 0)
    const expire = (condition: string, hours: number) => {
      const expiresAt = new Date(at.getTime() + hours * 3_600_000).toISOString()
      return rawSql(
        authority.database,
        `update access_tokens set expires_at = '${expiresAt}' where owner_id = '${id}' and ${condition}`,
      )
    }
    await expire("id <= 'at-day000005'", 0)
    await expire("id > 'at-day000005'", 24)
    const page = await shown.visit(`/${authority.prepared.account}`)
    const calendar = page.getByRole('table', { name: 'Tokens that expire on each day' })
    await calendar.getByRole('link', { name: / 1,000\+ tokens expire$/ }).waitFor()
    const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' }).format(at)
    await calendar.getByRole('link', { name: `${day}: 6 tokens expire` }).click()
    await page.getByRole('heading', { name: 'Token report', level: 1 }).waitFor()
    await page.getByText('job 5').waitFor()
    assert.equal(await page.getByRole('row').count(), 7)
    assert.deepEqual(await violationsInAllThemes(page, 'token-report-day'), [])
    await page.getByRole('button', { name: /^Remove filter Expires on / }).click()
    await page.getByRole('row').nth(7).waitFor()
    await rawSql(authority.database, `delete from access_tokens where owner_id = '${id}'`)
  })

  test('a kind with more than three findings links to the list of all of them', async () => {
    const { authority } = shown
    for (const name of ['bare 1', 'bare 2', 'bare 3', 'bare 4', 'bare 5']) await machine(authority, name)
    const { id } = await machine(authority, 'many')
    await insertTokens(authority.database, { owner: id, account: authority.prepared.account, count: 1_001 })
    for (const [finding, matches] of [
      ['Unused tokens', 'See all 1,000+'],
      ['Tokens that never expire', 'See all 1,000+'],
      ['Service accounts without access', /^See all \d+/],
      ['Service accounts without an owner', /^See all \d+/],
    ] as const) {
      const page = await shown.visit(home)
      const group = page.getByRole('region', { name: finding, exact: true })
      const all = group.getByText(matches)
      await all.waitFor()
      assert.equal(await group.getByRole('listitem').count(), 3)
      const counted = /\d[\d,]*\+?/.exec((await all.textContent()) ?? '')?.[0] ?? ''
      const names = await group.getByRole('listitem').locator('div > div:first-child').allInnerTexts()
      await all.click()
      await page
        .getByRole('row')
        .filter({ hasText: (names[0] ?? '').split(' …')[0] ?? '' })
        .first()
        .waitFor()
      if (counted.endsWith('+')) await page.getByText(/^1,\d\d\d entries$/).waitFor()
      else assert.equal(await page.getByRole('row').count(), Number(counted) + 1, finding)
      await shown.release(page.context())
    }
    await rawSql(authority.database, `delete from access_tokens where owner_id = '${id}'`)
  })

  test('the page sends at most 6 requests to the API', async () => {
    const page = await shown.visit('/healthz')
    const sent = recordApiRequests(page)
    await page.goto(home)
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    await page.getByRole('img', { name: /requests? allowed/ }).waitFor()
    await page.waitForLoadState('networkidle')
    assert.ok(sent.length <= 6, sent.join('\n'))
    assert.ok(
      sent.some((path) => path.includes('/overview')),
      sent.join('\n'),
    )
  })

  test('allowed and denied requests of the last hour are available as text too', async () => {
    const { authority } = shown
    const short = await machine(authority, 'short')
    const [token] = (await authority.call('GET', `/service-accounts/${short.id}/access-tokens`)).json.data
    await authority.call('DELETE', `/access-tokens/${token.id}`)
    assert.equal((await authority.call('GET', '/ping', { token: short.token })).status, 401)
    await authority.app.flush()
    const page = await shown.visit(home)
    await page.getByRole('img', { name: /\d+ requests? allowed and \d+ denied in the last hour/ }).waitFor()
    await page
      .getByRole('table', { name: /by reason/ })
      .getByRole('row')
      .filter({ hasText: 'Token revoked' })
      .waitFor()
  })

  test('a user without permissions sees links to their own settings', async () => {
    const theirs = await shown.visit(home, { cookie: await shown.newcomer('newcomer@example.com') })
    await theirs.getByRole('heading', { name: /Welcome/ }).waitFor()
    assert.deepEqual(await violationsInAllThemes(theirs, 'home-welcome'), [])
    await theirs.getByRole('link', { name: /Personal access tokens/ }).click()
    await theirs.getByRole('button', { name: 'Create token' }).waitFor()
  })

  test('the tokens of a user have no accessibility violations', async () => {
    const { prepared } = shown.authority
    assert.deepEqual(
      await violationsAt(shown, `${home}/iam/users/${prepared.user}?tab=tokens`, 'users-owner-tokens'),
      [],
    )
  })
})

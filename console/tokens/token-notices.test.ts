/** Banners about the user's own tokens, in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser } from '../../testing/browser.ts'
import { violationsInAllThemes } from '../../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../../testing/console/in-browser.ts'
import { document } from '../../testing/kit.ts'
import { rawSql } from '../../testing/raw-sql.ts'

const shown = sharedConsole(undefined, { gitlabToken: 'shared' })

/** A signed-in user without permissions. */
async function person(email: string) {
  const { call } = shown.authority
  const cookie = await shown.newcomer(email)
  const { ask, take } = browser({ call })
  take(`__Host-mintmark=${cookie}`)
  const create = async (name: string): Promise<{ id: string; token: string }> => {
    const { data } = (await ask('POST', '/access-tokens', document('access-tokens', { name, 'expires-in': 60 }))).json
    return { id: data.id, token: data.attributes.token }
  }
  return { cookie, create, remove: (id: string) => ask('DELETE', `/access-tokens/${id}`) }
}

const report = (token: string) =>
  shown.authority.call('POST', '/v1/revoke_tokens', {
    token: null,
    body: [{ type: 'gitleaks_rule_id_mintmark-token', token, location: 'https://gitlab.example/x' }],
    headers: { authorization: 'shared', 'content-type': 'application/json' },
  })

describeInBrowser('the owner of a token', () => {
  test('sees on Home and Profile that it was revoked by someone else, until dismissing it', async () => {
    const { cookie, create, remove } = await person('ada@example.com')
    const { id } = await create('laptop')
    const { id: own } = await create('old laptop')
    assert.equal((await shown.authority.call('DELETE', `/access-tokens/${id}`)).status, 204)
    assert.equal((await remove(own)).status, 204)
    const page = await shown.visit('/', { cookie })
    await page.getByText(/Your token “laptop” \(….{6}\) was revoked by someone else on /).waitFor()
    assert.equal(await page.getByText('old laptop').count(), 0)
    assert.deepEqual(await violationsInAllThemes(page, 'home-notice-revoked'), [])
    await page.goto('/profile')
    await page.getByRole('button', { name: /^Dismiss: token “laptop”/ }).click()
    await page.getByText('Your token was revoked').waitFor({ state: 'detached' })
    await page.goto('/')
    await page.getByRole('heading', { name: 'Welcome', level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    assert.equal(await page.getByText('Your token was revoked').count(), 0)
  })

  test('sees that it was leaked, with a link to the report, for 30 days', async () => {
    const { cookie, create } = await person('bob@example.com')
    const { token } = await create('pipeline')
    assert.equal((await report(token)).status, 204)
    const page = await shown.visit('/profile', { cookie })
    await page.getByText(/Your token “pipeline” \(….{6}\) was reported as leaked on .* It was revoked\./).waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'profile-notice-leaked'), [])
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByRole('link', { name: 'View leak report' }).click()
    await page.getByRole('heading', { name: 'pipeline' }).or(page.getByText('pipeline')).first().waitFor()
    assert.match(new URL(page.url()).pathname, /\/leak-reports\//)
    const days = (count: number) => new Date(Date.now() - count * 86_400_000).toISOString()
    for (const [age, count] of [
      [29, 1],
      [32, 0],
    ] as const) {
      await rawSql(shown.authority.database, `update notifications set at = '${days(age)}' where kind = 'token.leaked'`)
      await page.goto('/profile')
      await page.getByRole('button', { name: 'Create token' }).waitFor()
      await page.waitForLoadState('networkidle')
      assert.equal(await page.getByText('Your token was leaked').count(), count, `after ${age} days`)
    }
  })

  test('sees when and by whom it was revoked', async () => {
    const { call } = shown.authority
    const { id } = (await call('POST', '/access-tokens', { body: document('access-tokens', { name: 'mine' }) })).json
      .data
    const { id: sa } = (
      await call('POST', '/service-accounts', { body: document('service-accounts', { name: 'admin' }) })
    ).json.data
    const made = await call('POST', `/service-accounts/${sa}/access-tokens`, { body: document('access-tokens', {}) })
    await call('POST', '/access-policies', {
      body: document(
        'access-policies',
        {},
        {
          account: ['accounts', shown.authority.prepared.account],
          'service-account': ['service-accounts', sa],
          roles: [['roles', (await call('GET', '/roles?filter[name]=admin')).json.data[0].id]],
        },
      ),
    })
    const removed = await call('DELETE', `/access-tokens/${id}`, { token: made.json.data.attributes.token })
    assert.equal(removed.status, 204, removed.text)
    const page = await shown.visit('/profile')
    await page.getByRole('link', { name: 'View token' }).click()
    await page.getByRole('heading', { name: 'mine', level: 1 }).waitFor()
    assert.ok(new URL(page.url()).pathname.endsWith(`/tokens/${id}`))
    await page.getByText(/by admin$/).waitFor()
  })
})

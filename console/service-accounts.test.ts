/** Service accounts in a real browser: creation with access and first token, management, deletion. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, findInBrowser, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document, type Machine, machine } from '../testing/kit.ts'

let account = ''
let robot: Machine

const shown = sharedConsole(async ({ authority }) => {
  account = authority.prepared.account
  const { call } = authority
  const environment = await call('POST', '/environments', { body: document('environments', { name: 'production' }) })
  assert.equal(environment.status, 201)
  await call('POST', '/teams', { body: document('teams', { name: 'Platform' }) })
  robot = await machine(authority, 'robot', {
    permissions: ['variables:read', 'runs:*'],
    scope: ['accounts', account],
  })
})

const list = () => `/${account}/iam/service-accounts`
const accepted = async (token: string) => (await shown.authority.call('GET', '/access-tokens/self', { token })).status

describeInBrowser('service accounts', () => {
  test('one form creates the service account, its access policy and its first token', async () => {
    const page = await shown.visit(list())
    await page.getByRole('button', { name: 'Create service account' }).click()
    await page.getByLabel('Name', { exact: true }).fill('deploy-payments')
    const create = page.getByRole('button', { name: 'Create service account and token' })
    assert.ok(await create.isDisabled(), 'not without a role')
    await page.getByText('Environment', { exact: true }).click()
    await choose(page, 'Environment', 'production')
    await choose(page, 'Roles', 'reader')
    await create.click()
    const secret = (await page.getByLabel('token deploy-payments', { exact: true }).textContent()) ?? ''
    await page.getByLabel('I have saved this token').check()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('heading', { name: 'deploy-payments' }).waitFor()
    await page
      .getByRole('row')
      .filter({ hasText: secret.slice(-6) })
      .waitFor()
    assert.deepEqual(await findInBrowser(page, secret), [])
    const { call } = shown.authority
    assert.equal((await call('GET', '/environments', { token: secret })).json.data[0].attributes.name, 'production')
    assert.deepEqual((await call('GET', '/teams', { token: secret })).json.data, [])
    await page.getByRole('link', { name: 'Access', exact: true }).click()
    await page.getByRole('table', { name: 'Effective permissions' }).getByText('Role reader').waitFor()
  })

  test('completed steps are not repeated when a later step fails', async () => {
    const { call } = shown.authority
    await call('PATCH', '/security-rules', {
      body: document('security-rules', { 'max-service-account-token-lifetime': null }),
    })
    const page = await shown.visit(`${list()}/new`)
    await page.getByLabel('Name', { exact: true }).fill('half-made')
    await choose(page, 'Roles', 'reader')
    await call('PATCH', '/security-rules', {
      body: document('security-rules', { 'max-service-account-token-lifetime': 60 }),
    })
    await page.getByRole('button', { name: 'Create service account and token' }).click()
    await page.getByText('at most 60 minutes').waitFor()
    await call('PATCH', '/security-rules', {
      body: document('security-rules', { 'max-service-account-token-lifetime': null }),
    })
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByLabel('token half-made', { exact: true }).waitFor()
    assert.equal((await call('GET', '/service-accounts?filter[name]=half-made')).json.data.length, 1)
  })

  test('the red X in its row revokes one token and leaves the other', async () => {
    const { call } = shown.authority
    const made = await call('POST', `/service-accounts/${robot.id}/access-tokens`, {
      body: document('access-tokens', { name: 'second' }),
    })
    const { token, 'last-characters': last } = made.json.data.attributes
    const page = await shown.visit(`${list()}/${robot.id}`)
    await page.getByRole('button', { name: `Revoke second (…${last})` }).click()
    await page
      .getByRole('dialog', { name: 'Revoke token “second”?' })
      .getByRole('button', { name: 'Revoke token' })
      .click()
    await page.getByRole('row').filter({ hasText: last }).waitFor({ state: 'detached' })
    assert.deepEqual([await accepted(token), await accepted(robot.token)], [401, 200])
  })

  test('a token and its successor refer to each other', async () => {
    const { call } = shown.authority
    const turning = await machine(shown.authority, 'turning')
    const [old] = (await call('GET', `/service-accounts/${turning.id}/access-tokens`)).json.data
    const path = `/access-tokens/${old.id}/actions/rotate`
    const fresh = await call('POST', path, { body: {}, headers: { 'content-type': 'application/json' } })
    assert.equal(fresh.status, 201, fresh.text)
    const page = await shown.visit(`${list()}/${turning.id}`)
    await page.getByText(`replaces …${turning.token.slice(-6)}`).waitFor()
    await page.getByText(`replaced by …${fresh.json.data.attributes.token.slice(-6)}`).waitFor()
    await call('DELETE', `/access-tokens/${old.id}`)
    await page.reload()
    await page.getByText('replaces an inactive token').waitFor()
  })

  test('the list shows roles, tokens, last use and expiry, and changes selected service accounts at once', async () => {
    const { call } = shown.authority
    const busy = await machine(shown.authority, 'bulk-busy', {
      permissions: ['teams:read'],
      scope: ['accounts', account],
    })
    await machine(shown.authority, 'bulk-idle')
    await call('GET', '/ping', { token: busy.token })
    await shown.authority.app.flush()
    const page = await shown.visit(`${list()}?q=bulk-`)
    const row = (name: string) => page.getByRole('row').filter({ hasText: name })
    await row('bulk-busy').getByText('bulk-busy role').waitFor()
    for (const text of ['just now', 'none']) await row('bulk-busy').getByText(text).first().waitFor()
    for (const text of ['No access policy', 'never']) await row('bulk-idle').getByText(text).first().waitFor()
    for (const name of ['bulk-busy', 'bulk-idle']) await row(name).getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Deactivate', exact: true }).click()
    const dialog = page.getByRole('dialog')
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-deactivate-service-accounts'), [])
    await dialog.getByRole('button', { name: 'Deactivate 2 service accounts' }).click()
    await dialog.getByText('2 of 2 updated.').waitFor()
    assert.equal(await accepted(busy.token), 401)
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('No service accounts selected').waitFor()
    for (const name of ['bulk-busy', 'bulk-idle']) {
      await row(name).getByText('Inactive').waitFor()
      await row(name).getByRole('checkbox').check()
    }
    await call('DELETE', `/service-accounts/${busy.id}`)
    await page.getByRole('button', { name: 'Change owners' }).click()
    await choose(page, 'Owners', 'Platform')
    await dialog.getByRole('button', { name: 'Change owners of 2 service accounts' }).click()
    await dialog.getByText('1 of 2 updated.').waitFor()
    await dialog.getByText(/not found/).waitFor()
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await row('bulk-idle').getByRole('link', { name: 'Platform' }).click()
    await page.getByRole('link', { name: 'Owned service accounts' }).click()
    await row('bulk-idle').waitFor()
    assert.equal(await page.getByRole('row').count(), 2)
  })

  test('a service account without an access policy is flagged, and gets one on its page', async () => {
    const lonely = await machine(shown.authority, 'lonely')
    const page = await shown.visit(list())
    await page.getByRole('row').filter({ hasText: 'lonely' }).getByText('No access policy').waitFor()
    await page.getByRole('link', { name: 'lonely' }).click()
    await page.getByText('This service account has no permissions').waitFor()
    await page.getByRole('link', { name: 'Access', exact: true }).click()
    await page.getByRole('button', { name: 'Add policy' }).click()
    await choose(page, 'Roles', 'reader')
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-add-policy'), [])
    await page.getByRole('button', { name: 'Add policy' }).last().click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByText('This service account has no permissions').waitFor({ state: 'detached' })
    assert.equal((await shown.authority.call('GET', '/tags', { token: lonely.token })).status, 200)
    await page.getByRole('button', { name: 'Remove access policy' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove policy' }).click()
    await page.getByText('This service account has no permissions').waitFor()
    await page.getByRole('alert').getByRole('button', { name: 'Undo' }).click()
    await page.getByText('This service account has no permissions').waitFor({ state: 'detached' })
    assert.equal((await shown.authority.call('GET', '/tags', { token: lonely.token })).status, 200)
  })

  test('a service account can be deactivated, activated and deleted, with a confirmation for destructive actions', async () => {
    const short = await machine(shown.authority, 'short-lived')
    const page = await shown.visit(`${list()}/${short.id}`)
    await page.getByRole('button', { name: 'Deactivate' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByText('Inactive', { exact: true }).waitFor()
    assert.equal(await accepted(short.token), 401)
    await page.getByRole('alert').getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Active', { exact: true }).first().waitFor()
    assert.equal(await accepted(short.token), 200, 'the change is undone')
    await page.getByRole('button', { name: 'Deactivate' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByText('Inactive', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Activate', exact: true }).click()
    await page.getByText('Active', { exact: true }).first().waitFor()
    assert.equal(await accepted(short.token), 200)
    await page.getByRole('link', { name: 'Activity', exact: true }).click()
    const events = page.getByText('owner@mintmark.internal updated the service account')
    await events.first().waitFor()
    assert.equal(await events.count(), 4)
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    const confirm = page.getByRole('dialog').getByRole('button', { name: 'Delete service account' })
    assert.ok(await confirm.isDisabled())
    await page.getByLabel('Type short-lived to confirm').fill('short-lived')
    await confirm.click()
    await page.getByRole('heading', { name: 'Service accounts' }).waitFor()
    assert.equal(await accepted(short.token), 401)
  })
})

/** Personal access tokens on the profile, in a real browser: creation, rotation and revocation. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findInBrowser, type Page, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document } from '../testing/kit.ts'

const shown = sharedConsole()

async function generate(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Create token' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create a personal access token' })
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByRole('button', { name: 'Create token' }).click()
  const secret = await page.getByLabel(`token ${name}`, { exact: true }).textContent()
  assert.match(secret ?? '', /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/)
  return secret ?? ''
}

const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })
const accepted = async (token: string) => (await shown.authority.call('GET', '/access-tokens/self', { token })).status

describeInBrowser('the profile', () => {
  test('a token is shown once, works, and is nowhere in the browser after its dialog is closed', async () => {
    const page = await shown.visit('/profile', { ownContext: true })
    const sent: string[] = []
    const received: string[] = []
    page.on('request', (request) =>
      sent.push(request.url(), request.postData() ?? '', JSON.stringify(request.headers())),
    )
    page.on('console', (message) => sent.push(message.text()))
    await page.exposeFunction('received', (text: string) => received.push(text))
    // Records response bodies as the page receives them; the browser does not keep all of them.
    await page.addInitScript(() => {
      const { fetch, received } = window as unknown as { fetch: typeof window.fetch; received(text: string): void }
      window.fetch = async (...args) => {
        const response = await fetch(...args)
        received(await response.clone().text())
        return response
      }
    })
    await page.reload()
    const secret = await generate(page, 'laptop')
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-token-shown-once'), [])
    assert.equal(await accepted(secret), 200)

    const done = page.getByRole('button', { name: 'Done' })
    assert.ok(await done.isDisabled(), 'not without confirmation')
    await page.keyboard.press('Escape')
    await page.getByRole('alert').getByText('The token will be lost').waitFor()
    await page.getByRole('button', { name: 'Go back' }).click()
    await page.getByLabel('I have saved this token').check()
    await done.click()
    await row(page, secret.slice(-6)).getByText('laptop').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    assert.deepEqual(await findInBrowser(page, secret), [])
    assert.deepEqual(await findInBrowser(page, secret.split('.')[2] as string), [])
    await page.getByRole('link', { name: 'Sessions' }).click()
    await page.getByRole('table', { name: 'Sessions' }).waitFor()
    await page.goBack()
    await row(page, 'laptop').waitFor()
    assert.deepEqual(await findInBrowser(page, secret), [])
    await page.reload()
    await row(page, 'laptop').waitFor()
    assert.deepEqual(await findInBrowser(page, secret), [])
    assert.ok(
      sent.every((text) => !text.includes(secret)),
      'it is never sent from the browser',
    )
    assert.equal(received.filter((text) => text.includes(secret)).length, 1, 'it was received in one response')
  })

  test('the page of a token shows its limits and uses, and how it was revoked', async () => {
    const { call, app, prepared } = shown.authority
    const body = document('access-tokens', { name: 'traveller', permissions: ['environments:read'] })
    const { id, attributes } = (await call('POST', '/access-tokens', { body })).json.data
    const { token } = attributes
    assert.equal((await call('GET', '/environments', { token, remoteAddress: '203.0.113.7' })).status, 200)
    assert.equal((await call('GET', '/teams', { token, remoteAddress: '203.0.113.7' })).status, 403)
    await app.flush()
    const page = await shown.visit('/profile')
    await row(page, 'traveller').getByRole('link', { name: 'traveller' }).click()
    await page.waitForURL(`**/${prepared.account}/tokens/${id}`)
    const details = page.getByRole('region', { name: 'Details' })
    await details.getByText('environments read').waitFor()
    await details.getByText('Everywhere the owner has access').waitFor()
    await page.getByRole('link', { name: 'Uses' }).click()
    const uses = page.getByRole('row').filter({ hasText: '203.0.113.0/24' })
    const use = uses.filter({ hasText: 'list environments' })
    const countsOf = (row: typeof use) => row.getByRole('cell').allTextContents()
    assert.deepEqual((await countsOf(use)).slice(2, 4), ['1', '0'])
    assert.deepEqual((await countsOf(uses.filter({ hasText: 'get teams' }))).slice(2, 4), ['0', '1'])
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke token' }).click()
    await page.getByText('Revoked', { exact: true }).first().waitFor()
    await use.waitFor()
    await page.getByRole('link', { name: 'Overview' }).click()
    await details
      .getByText(/by owner@mintmark.internal$/)
      .first()
      .waitFor()
    assert.equal(await page.getByRole('button', { name: 'Rotate' }).count(), 0)
    await page.setViewportSize({ width: 360, height: 740 })
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360)
    assert.deepEqual(await violationsInAllThemes(page, 'token-revoked'), [])
  })

  test('exact times can be turned on and stay on', async () => {
    const page = await shown.visit('/profile')
    const created = page.locator('tbody time').first()
    assert.match((await created.textContent()) ?? '', /^(?:just now|\d+ minutes? ago)/)
    await page.getByRole('button', { name: /^User menu: / }).click()
    await page.getByRole('menuitem', { name: 'Show exact times' }).click()
    await page
      .locator('tbody time')
      .filter({ hasText: /^\d+ \w+ 20\d\d, \d\d:\d\d/ })
      .first()
      .waitFor()
    await page.reload()
    await created.waitFor()
    assert.match((await created.textContent()) ?? '', /^\d+ \w+ 20\d\d, \d\d:\d\d/)
  })

  test('the trash icon in its row revokes a token after a confirmation that names it', async () => {
    const { call } = shown.authority
    const made = await call('POST', '/access-tokens', { body: document('access-tokens', { name: 'old script' }) })
    const { token, 'last-characters': last } = made.json.data.attributes
    const page = await shown.visit('/profile')
    await page.getByRole('button', { name: `Revoke old script (…${last})` }).click()
    const dialog = page.getByRole('dialog', { name: 'Revoke token “old script”?' })
    await dialog.getByText(`old script (…${last})`).waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-delete-token'), [])
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    assert.equal(await accepted(token), 200)
    await page.getByRole('button', { name: `Revoke old script (…${last})` }).click()
    await dialog.getByRole('button', { name: 'Revoke token' }).click()
    await row(page, last).waitFor({ state: 'detached' })
    assert.equal(await accepted(token), 401)
  })

  test('the confirmation of a revocation shows a use after the list was loaded, and its network', async () => {
    const { call, app } = shown.authority
    const made = await call('POST', '/access-tokens', { body: document('access-tokens', { name: 'busy' }) })
    const { token } = made.json.data.attributes
    const page = await shown.visit('/profile')
    const revoke = row(page, 'busy').getByRole('button', { name: /^Revoke busy/ })
    const dialog = page.getByRole('dialog', { name: 'Revoke token “busy”?' })
    await revoke.click()
    await dialog.getByText('Never used.').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.equal((await call('GET', '/environments', { token, remoteAddress: '203.0.113.7' })).status, 200)
    await app.flush()
    await revoke.click()
    await dialog.getByText(/^Used just now.* from 203\.0\.113\.0\/24\.$/).waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-revoke-used-token'), [])
  })

  test('revoked tokens stay visible with the reason and who revoked them', async () => {
    const { call } = shown.authority
    const { id } = (await call('POST', '/access-tokens', { body: document('access-tokens', { name: 'gone' }) })).json
      .data
    await call('DELETE', `/access-tokens/${id}`)
    const page = await shown.visit('/profile', { width: 360 })
    await page.getByRole('table', { name: 'Personal access tokens' }).waitFor()
    assert.equal(await row(page, 'gone').count(), 0)
    await page.getByText('Revoked', { exact: true }).click()
    await page.waitForURL(/show=revoked/)
    await row(page, 'gone').getByText('owner', { exact: false }).first().waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'profile-revoked-tokens'), [])
  })

  test('rotating shows the successor once, and the list links both tokens', async () => {
    const { call } = shown.authority
    const made = await call('POST', '/access-tokens', { body: document('access-tokens', { name: 'robot' }) })
    const { token, 'last-characters': last } = made.json.data.attributes
    const page = await shown.visit('/profile')
    await page.getByRole('button', { name: `Rotate robot (…${last})` }).click()
    const dialog = page.getByRole('dialog', { name: 'Rotate token' })
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-rotate-token'), [])
    await dialog.getByRole('button', { name: 'Rotate' }).click()
    const secret = (await page.getByLabel('token robot', { exact: true }).textContent()) ?? ''
    assert.deepEqual([await accepted(token), await accepted(secret)], [200, 200])
    await page.getByLabel('I have saved this token').check()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText(`replaces …${last}`).waitFor()
    await page.getByText(`replaced by …${secret.slice(-6)}`).waitFor()
  })

  test('a token can be limited, to read-only with one click', async () => {
    const page = await shown.visit('/profile')
    await page.getByRole('button', { name: 'Create token' }).click()
    const dialog = page.getByRole('dialog', { name: 'Create a personal access token' })
    await dialog.getByLabel('Name').fill('only looks')
    assert.ok(await dialog.getByRole('radio', { name: 'Read-only' }).isChecked(), 'the least is the default')
    await dialog.getByText('Everything', { exact: true }).click()
    await dialog.getByText('This token can do everything that you can do, now and in the future.').waitFor()
    await dialog.getByText('Custom', { exact: true }).click()
    assert.ok(await dialog.getByRole('button', { name: 'Create token' }).isDisabled(), 'a token without permissions')
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-narrow-token'), [])
    await dialog.getByText('Read-only', { exact: true }).click()
    await dialog.getByRole('button', { name: 'Create token' }).click()
    const secret = (await page.getByLabel('token only looks', { exact: true }).textContent()) ?? ''
    await page.getByLabel('I have saved this token').check()
    await page.getByRole('button', { name: 'Done' }).click()
    await row(page, 'only looks').getByText('Limited').waitFor()
    const { call } = shown.authority
    assert.equal((await call('GET', '/teams', { token: secret })).status, 200)
    const refused = await call('POST', '/teams', { token: secret, body: document('teams', { name: 'no' }) })
    assert.equal(refused.status, 403)
  })

  test('a new name can be undone with one click', async () => {
    const { call } = shown.authority
    await call('POST', '/access-tokens', { body: document('access-tokens', { name: 'well named' }) })
    const page = await shown.visit('/profile')
    await page.getByRole('button', { name: /^Edit well named/ }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('misnamed')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await row(page, 'misnamed').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await row(page, 'well named').waitFor()
  })

  test('an expiration beyond the maximum is reported at its field, and the input is kept', async () => {
    const { call } = shown.authority
    const page = await shown.visit('/profile')
    await page.getByRole('button', { name: 'Create token' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('too long')
    await call('PATCH', '/security-rules', { body: document('security-rules', { 'max-personal-token-lifetime': 60 }) })
    await dialog.getByRole('button', { name: 'Create token' }).click()
    await dialog.getByText('at most 60 minutes').waitFor()
    assert.equal(await dialog.getByLabel('Name').inputValue(), 'too long')
    await call('PATCH', '/security-rules', {
      body: document('security-rules', { 'max-personal-token-lifetime': null }),
    })
  })

  test('on a phone the current tab is visible, and a clipped tab bar fades out; on a desktop no tab moves', async () => {
    const page = await shown.visit('/profile', { width: 360 })
    const bar = page.getByRole('navigation', { name: 'Profile' })
    const ends = () => bar.evaluate(({ dataset: { before, after } }) => `${before} ${after}`)
    const isWhole = (name: string) =>
      bar.getByRole('link', { name }).evaluate((tab) => {
        const [own, around] = [tab.getBoundingClientRect(), (tab.parentElement as Element).getBoundingClientRect()]
        return own.left >= around.left - 1 && own.right <= around.right + 1
      })
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.locator('nav[data-after="true"]').waitFor()
    assert.equal(await ends(), 'false true')
    assert.equal(await isWhole('Sessions'), false, 'otherwise this test is meaningless')
    assert.match(await bar.evaluate((nav) => getComputedStyle(nav).maskImage), /gradient/)
    await page.goto('/profile/sessions')
    await page.locator('nav[data-before="true"]').waitFor()
    assert.deepEqual([await isWhole('Sessions'), await ends()], [true, 'true false'])
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.locator('nav[data-before="false"][data-after="false"]').waitFor()
    assert.equal(await bar.evaluate((nav) => getComputedStyle(nav).maskImage), 'none')

    const places = () =>
      bar.getByRole('link').evaluateAll((tabs) => tabs.map((tab) => JSON.stringify(tab.getBoundingClientRect())))
    const before = await places()
    for (const name of await bar.getByRole('link').allTextContents()) {
      await bar.getByRole('link', { name }).click()
      await bar.locator('[aria-current]', { hasText: name }).waitFor()
      assert.deepEqual(await places(), before, name)
    }
    await page.getByRole('button', { name: 'Help' }).click()
    await page.getByText(/^Mintmark \d+\.\d+\.\d+$/).waitFor()
    await page.getByRole('menuitem', { name: 'Changelog' }).waitFor()
  })
})

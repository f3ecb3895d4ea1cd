/** Lost networks and several tabs in a real browser: input is kept, and no request is sent as another user. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Page, password, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'

const shown = sharedConsole()

const email = () => shown.authority.prepared.email

async function signIn(page: Page, as = email()): Promise<void> {
  await page.getByLabel('Email').fill(as)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Two tabs of one browser, both on the profile. */
async function twoTabs(): Promise<readonly [Page, Page]> {
  const one = await shown.visit('/sign-in?to=/profile', { signedIn: false })
  await signIn(one)
  await one.getByRole('button', { name: 'Create token' }).waitFor()
  const other = await one.context().newPage()
  await other.goto('/profile')
  await other.getByRole('button', { name: 'Create token' }).waitFor()
  return [one, other]
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^User menu: / }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in to Mintmark' }).waitFor()
}

async function typed(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('typed before')
}

const save = (page: Page) =>
  page
    .getByRole('dialog', { name: 'Create a personal access token' })
    .getByRole('button', { name: 'Create token' })
    .click()

describeInBrowser('an upgraded server', () => {
  test('is reported when a part of the old console is gone, and a reload shows the new one', async () => {
    const page = await shown.visit('/profile/sessions', { ownContext: true })
    await page.getByText('This device').waitFor()
    const entry = (await page.locator('script[type="module"][src]').getAttribute('src')) ?? ''
    const html = await (await page.request.get('/', { headers: { accept: 'text/html' } })).text()
    await page.route('**/assets/create-token*.js', (route) => route.fulfill({ status: 404 }))
    await page.route(
      (url) => url.pathname === '/',
      (route) => route.fulfill({ body: html.replace(entry, '/assets/index-upgraded.js'), contentType: 'text/html' }),
    )
    await page.getByRole('link', { name: 'Personal access tokens' }).click()
    await page.getByRole('status').getByText('Mintmark was upgraded').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'upgraded'), [])
    await page.unrouteAll()
    await page.getByRole('button', { name: 'Reload' }).click()
    await page.getByText('Mintmark was upgraded').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Create token' }).click()
    await page.getByRole('dialog').waitFor()
  })
})

describeInBrowser('a lost network', () => {
  test('is reported, keeps the form, and recovers when the network is back', async () => {
    const page = await shown.visit('/profile', { ownContext: true })
    await typed(page)
    await page.context().setOffline(true)
    await page.getByRole('status').getByText('You are offline').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-offline'), [])
    await save(page)
    await page.getByRole('alert').getByText('The server did not respond').waitFor()
    assert.equal(await page.getByRole('dialog').getByLabel('Name').inputValue(), 'typed before')
    await page.context().setOffline(false)
    await page.getByText('You are offline').waitFor({ state: 'detached' })
    await save(page)
    await page.getByLabel('token typed before', { exact: true }).waitFor()
  })

  test('an unreachable server is reported too, and failed queries load when it is back', async () => {
    const page = await shown.visit('/profile')
    await page.getByRole('row').filter({ hasText: 'first token' }).waitFor()
    await page.route(/\/(?:api|auth|healthz)/, (route) => route.abort())
    await page.getByRole('link', { name: 'Teams' }).click()
    await page.getByRole('status').getByText('The server is unreachable').waitFor()
    await page.unroute(/\/(?:api|auth|healthz)/)
    await page.getByText('The server is unreachable').waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'Teams', level: 1 }).waitFor()
    await page.getByText('No teams').waitFor()
  })
})

describeInBrowser('two tabs', () => {
  test('signing out in one prompts in the other, which keeps its input and continues after a sign-in in either', async () => {
    const [one, other] = await twoTabs()
    await typed(other)
    await signOut(one)
    await other.getByRole('dialog', { name: 'Session expired' }).waitFor()
    await signIn(one)
    await one.getByRole('navigation', { name: 'Main' }).waitFor()
    await other.getByRole('dialog', { name: 'Session expired' }).waitFor({ state: 'detached' })
    assert.equal(await other.getByRole('dialog').getByLabel('Name').inputValue(), 'typed before')
    await save(other)
    await other.getByLabel('token typed before', { exact: true }).waitFor()
  })

  test('another user who signs in in one never acts through the other', async () => {
    await shown.newcomer('second@example.com')
    const [one, other] = await twoTabs()
    await typed(other)
    await signOut(one)
    await signIn(one, 'second@example.com')
    await one.getByRole('navigation', { name: 'Main' }).waitFor()
    const dialog = other.getByRole('dialog', { name: 'Another user signed in' })
    await dialog.getByText('second@example.com signed in in another tab').waitFor()
    assert.deepEqual(await violationsInAllThemes(other, 'dialog-other-person'), [])
    await other.keyboard.press('Escape')
    await dialog.waitFor()
    await dialog.getByLabel('Password', { exact: true }).fill(password)
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await save(other)
    await other.getByLabel('token typed before', { exact: true }).waitFor()
    await one.getByRole('dialog', { name: 'Another user signed in' }).getByText(email()).first().waitFor()
    await one.getByRole('button', { name: /^Leave this page/ }).click()
    await one.getByRole('button', { name: `User menu: ${email()}` }).waitFor()
  })

  test('a sign-in in one continues the other, which waits at the sign-in page', async () => {
    const one = await shown.visit('/sign-in', { signedIn: false })
    const other = await one.context().newPage()
    await other.goto('/profile/sessions')
    await other.getByRole('heading', { name: 'Sign in to Mintmark' }).waitFor()
    await signIn(one)
    await other.getByRole('table', { name: 'Sessions' }).waitFor()
    assert.equal(new URL(other.url()).pathname, '/profile/sessions')
  })
})

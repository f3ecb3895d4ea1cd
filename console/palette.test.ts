/** The command palette in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Page, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document as documentOf, machine } from '../testing/kit.ts'

const shown = sharedConsole(async ({ authority }) => {
  const { call } = authority
  for (const name of ['deploy-payments', 'deploy-search']) await machine(authority, name)
  await call('POST', '/teams', { body: documentOf('teams', { name: 'Deployers' }) })
  await call('POST', '/environments', { body: documentOf('environments', { name: 'deploy-target' }) })
  await call('POST', '/access-tokens', { body: documentOf('access-tokens', { name: 'deploy from laptop' }) })
})

async function opened(path = '/profile'): Promise<Page> {
  const page = await shown.visit(path)
  await page.getByRole('button', { name: 'Search or go to…' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or go to' }).waitFor()
  return page
}

const settledOn = (page: Page, name: string) =>
  page.getByRole('option', { selected: true }).filter({ hasText: name }).waitFor()

describeInBrowser('the palette', () => {
  test('opens a page by a few letters, and closes with Escape', async () => {
    const page = await opened()
    await page.keyboard.type('audit')
    await settledOn(page, 'Audit events')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal(new URL(page.url()).pathname, '/profile')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('audit')
    await settledOn(page, 'Audit events')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Audit events', level: 1 }).waitFor()
  })

  test('finds resources of every kind by name, and the arrow keys cycle through the results', async () => {
    const page = await opened()
    await page.keyboard.type('deploy')
    for (const group of ['Service accounts', 'Teams', 'Environments', 'Your tokens'])
      await page.getByRole('group', { name: group, exact: true }).getByRole('option').first().waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'palette'), [])
    await settledOn(page, 'deploy-payments')
    await page.keyboard.press('ArrowUp')
    await settledOn(page, 'deploy from laptop')
    await page.keyboard.press('ArrowDown')
    await settledOn(page, 'deploy-payments')
    await page.keyboard.press('ArrowDown')
    await settledOn(page, 'deploy-search')
    const field = page.getByRole('combobox', { name: 'Search or go to' })
    const active = await field.getAttribute('aria-activedescendant')
    assert.equal(await page.getByRole('option', { selected: true }).getAttribute('id'), active)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'deploy-search', level: 1 }).waitFor()
  })

  test('results of an older search are never shown for a newer one', async () => {
    const page = await opened()
    let release = () => {}
    const held = new Promise<void>((done) => {
      release = done
    })
    const older = /service-accounts\?.*query=payments(?:&|$)/
    await page.route(older, async (route) => {
      await held
      await route.continue()
    })
    const sent = page.waitForRequest(older)
    await page.keyboard.type('payments')
    await sent
    await page.getByText('Searching…').waitFor()
    await page.getByRole('combobox', { name: 'Search or go to' }).fill('search')
    const answered = page.waitForResponse(older)
    release()
    await answered
    await page.getByRole('option', { name: 'deploy-search' }).waitFor()
    assert.equal(await page.getByRole('option', { name: 'deploy-payments' }).count(), 0)
  })

  test('runs actions: creating a token, switching the theme', async () => {
    const page = await opened('/profile/sessions')
    await page.keyboard.type('create token')
    await settledOn(page, 'Create token')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Create a personal access token' }).waitFor()
    assert.equal(new URL(page.url()).search, '')
    await page.keyboard.press('Control+k')
    assert.equal(await page.getByRole('combobox', { name: 'Search or go to' }).count(), 0, 'not over a form')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+k')
    await page.keyboard.type('dark')
    await settledOn(page, 'Dark')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.documentElement.dataset['mantineColorScheme'] === 'dark')
  })
})

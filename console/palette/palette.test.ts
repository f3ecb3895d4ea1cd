/** The command palette in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordApiRequests } from '../../testing/console/api-requests.ts'
import { type Page, violationsInAllThemes } from '../../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../../testing/console/in-browser.ts'
import { document as documentOf, machine } from '../../testing/kit.ts'

/** For each search. */
const requestsMax = 6
let tokenId = ''
let leakId = ''

const shown = sharedConsole(
  async ({ authority }) => {
    const { call } = authority
    const create = async (type: string, name: string) =>
      (await call('POST', `/${type}`, { body: documentOf(type, { name }) })).json.data
    for (const name of ['deploy-payments', 'deploy-search']) await machine(authority, name)
    for (const name of ['Deployers', ...Array.from({ length: 7 }, (_, index) => `Support ${index + 1}`)])
      await create('teams', name)
    await create('environments', 'deploy-target')
    await create('access-tokens', 'deploy from laptop')
    await create('roles', 'Deployment manager')
    const { id } = (await call('GET', '/service-accounts?filter[name]=deploy-search')).json.data[0]
    const minted = async (name: string) =>
      (
        await call('POST', `/service-accounts/${id}/access-tokens`, {
          body: documentOf('access-tokens', { name, 'expires-in': 60 }),
        })
      ).json.data
    tokenId = (await minted('nightly build')).id
    const { token } = (await minted('published')).attributes
    const headers = { authorization: 'shared', 'content-type': 'application/json' }
    const leaked = { type: 'gitleaks_rule_id_mintmark-token', token, location: 'https://git.example' }
    await call('POST', '/v1/revoke_tokens', { body: [leaked], headers })
    leakId = (await call('GET', '/leak-reports')).json.data[0].id
  },
  { gitlabToken: 'shared' },
)

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
    for (const group of ['Service accounts', 'Teams', 'Environments', 'Tokens'])
      await page.getByRole('group', { name: group, exact: true }).getByRole('option').first().waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'palette'), [])
    await settledOn(page, 'deploy-payments')
    await page.keyboard.press('ArrowUp')
    await settledOn(page, 'Deployment manager')
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

  test('finds the token of a service account by its last six characters, with and without an ellipsis, and by its ID', async () => {
    const { attributes } = (await shown.authority.call('GET', `/access-tokens/${tokenId}`)).json.data
    const last = attributes['last-characters'] as string
    const page = await opened()
    const field = page.getByRole('combobox', { name: 'Search or go to' })
    const sent = recordApiRequests(page)
    for (const words of [last, `…${last}`, `...${last}`, tokenId, tokenId.toUpperCase()]) {
      sent.splice(0)
      await field.fill(words)
      await settledOn(page, 'nightly build')
      assert.ok(sent.length <= (words === last ? requestsMax : 1), `${words}: ${sent.join('\n')}`)
      await field.fill('')
      await page.getByRole('option', { name: 'nightly build' }).waitFor({ state: 'detached' })
    }
    await field.fill(`…${last}`)
    await settledOn(page, 'nightly build')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'nightly build', level: 1 }).waitFor()
    assert.ok(new URL(page.url()).pathname.endsWith(`/tokens/${tokenId}`))
  })

  test('finds a leak report by its ID', async () => {
    const page = await opened()
    await page.keyboard.type(leakId)
    await settledOn(page, 'published')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/leak-reports/${leakId}`)
  })

  test(`a search sends at most ${requestsMax} requests, and none for each typed character`, async () => {
    const page = await opened()
    await page.getByRole('status').getByText('results').waitFor()
    const sent = recordApiRequests(page)
    await page.keyboard.type('deploy', { delay: 1 })
    for (const name of ['deploy-payments', 'Deployment manager', 'deploy from laptop'])
      await page.getByRole('option', { name }).first().waitFor()
    assert.ok(sent.length > 0 && sent.length <= requestsMax, sent.join('\n'))
  })

  test('lists all results of a kind on its page', async () => {
    const page = await opened()
    await page.keyboard.type('support')
    await page.getByRole('option', { name: 'All 7 results Teams' }).click()
    await page.getByRole('heading', { name: 'Teams', level: 1 }).waitFor()
    await page.getByRole('textbox', { name: 'Search teams' }).waitFor()
    assert.equal(new URL(page.url()).search, '?q=support')
  })

  test('rotates a token of the user', async () => {
    const page = await opened('/profile/sessions')
    await page.keyboard.type('rotate')
    await settledOn(page, 'Rotate token')
    await page.keyboard.press('Enter')
    await page.keyboard.type('laptop')
    await settledOn(page, 'Rotate token “deploy from laptop')
    assert.equal(await page.getByRole('option', { name: /^Rotate token “/ }).count(), 1)
    await page.keyboard.press('Enter')
    await page
    await page.getByRole('dialog', { name: 'Rotate token “deploy from laptop”' }).waitFor()
  })

  test('opens the documentation and the API reference', async () => {
    for (const [words, path] of [
      ['help', '/help'],
      ['api reference', '/docs'],
    ] as const) {
      const page = await opened()
      await page.keyboard.type(words)
      await settledOn(page, words === 'help' ? 'Help' : 'API reference')
      const popup = page.context().waitForEvent('page')
      await page.keyboard.press('Enter')
      assert.match(new URL((await popup).url()).pathname, new RegExp(`^${path}`))
    }
  })

  test('opens the list of keyboard shortcuts, as `?` and the help menu do, but not while text is typed', async () => {
    const page = await opened('/profile/sessions')
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await page.keyboard.type('?')
    await page.getByText('No results.', { exact: true }).waitFor()
    assert.equal(await sheet.count(), 0)
    await page.keyboard.press('Backspace')
    await page.keyboard.type('shortcuts')
    await settledOn(page, 'Keyboard shortcuts')
    await page.keyboard.press('Enter')
    await sheet.getByText('Search or go to a page').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'keyboard-shortcuts', '[role="dialog"]'), [])
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await page.locator('h1').focus()
    await page.keyboard.press('?')
    await sheet.waitFor()
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await page.locator('h1').and(page.locator(':focus')).waitFor()
    await page.getByRole('button', { name: 'Help' }).click()
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click()
    await sheet.waitFor()
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
    await page.getByRole('option', { name: 'deploy-search', exact: true }).waitFor()
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

/** The pages of `/help` and `/docs` in a browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessibilityViolations, findInBrowser, type Page } from '../../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../../testing/console/in-browser.ts'

const shown = sharedConsole()
const samples = [
  '/help',
  '/help/concepts',
  '/help/rotation',
  '/help/reference/configuration',
  '/help/none',
  '/docs',
  '/docs/access-tokens',
  '/docs/oauth',
]

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

async function addressesIn(page: Page, path: string): Promise<string[]> {
  await page.goto(path)
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement>('#navigation a')]
      .map((link) => link.getAttribute('href') ?? '')
      .filter((href) => href.startsWith('/')),
  )
}

describeInBrowser('the documentation', () => {
  test('has no accessibility violations and no horizontal scroll bar, in both themes, on desktop and phone', async () => {
    const page = await shown.visit('/help', { signedIn: false })
    for (const path of samples) {
      await page.goto(path)
      for (const [colorScheme, width] of [
        ['light', 1440],
        ['dark', 1440],
        ['light', 360],
        ['dark', 360],
      ] as const) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 800 })
        assert.deepEqual(await accessibilityViolations(page), [], `${path}, ${colorScheme}, ${width} px`)
        assert.equal(await overflow(page), 0, `${path}, ${width} px`)
      }
    }
  })

  test('has no page that is wider than a phone or reports an error', async () => {
    const page = await shown.visit('/help', { signedIn: false, width: 360 })
    const errors: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${page.url()}: ${message.text()}`)
    })
    page.on('pageerror', (error) => errors.push(`${page.url()}: ${error.message}`))
    const addresses = [...(await addressesIn(page, '/help')), ...(await addressesIn(page, '/docs'))]
    assert.ok(addresses.length > 60)
    for (const address of addresses) {
      const response = await page.goto(address)
      assert.equal(response?.status(), 200, address)
      assert.equal(await overflow(page), 0, address)
    }
    assert.deepEqual(errors, [])
  })

  test('can be searched by keyboard, including the API reference', async () => {
    const page = await shown.visit('/help', { signedIn: false })
    await page.keyboard.press('/')
    await page.keyboard.type('rotate_access_token')
    await page.getByRole('link', { name: /Create a successor/ }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/docs/access-tokens#rotate_access_token')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('xyzzy')
    await page.getByText('No results').waitFor()
  })

  test('remembers the theme and the language of the examples', async () => {
    const page = await shown.visit('/docs/teams', { signedIn: false })
    const theme = page.getByRole('button', { name: /^Theme/ })
    await theme.click()
    await theme.click()
    await page.getByRole('button', { name: 'TypeScript' }).first().click()
    await page.goto('/docs/roles')
    assert.equal(await page.evaluate(() => document.documentElement.dataset['theme']), 'dark')
    assert.equal(await page.locator('[data-language="TypeScript"]').first().isVisible(), true)
    assert.equal(await page.locator('[data-language="curl"]').first().isVisible(), false)
  })

  test('opens its navigation on a phone and closes it with Escape', async () => {
    const page = await shown.visit('/help/roles', { signedIn: false, width: 360 })
    const current = page.locator('#navigation [aria-current="page"]')
    assert.equal(await current.isVisible(), false)
    await page.getByRole('button', { name: 'Menu' }).click()
    assert.equal(await current.isVisible(), true)
    await page.keyboard.press('Escape')
    assert.equal(await current.isVisible(), false)
  })

  test('is linked from the help menu of the console', async () => {
    const page = await shown.visit('/profile')
    for (const [name, path] of [
      ['Documentation', '/help'],
      ['API reference', '/docs'],
    ] as const) {
      await page.getByRole('button', { name: 'Help' }).click()
      const opened = page.context().waitForEvent('page')
      await page.getByRole('menuitem', { name }).click()
      const documentation = await opened
      await documentation.getByRole('heading', { level: 1 }).waitFor()
      assert.equal(new URL(documentation.url()).pathname, path)
      await documentation.close()
    }
  })
})

describeInBrowser('trying an operation', () => {
  const send = async (page: Page, id: string) => {
    await page.getByRole('button', { name: `Try it: ${id}` }).click()
    await page
      .getByRole('form', { name: `Try ${id}` })
      .getByRole('button')
      .click()
    return page.getByRole('form', { name: `Try ${id}` }).getByRole('status')
  }

  test('sends the token and the body, and shows the response', async () => {
    const page = await shown.visit('/docs/teams', { signedIn: false })
    await page.getByLabel('Token for “Try it”').fill(shown.authority.prepared.token)
    const created = await send(page, 'create_team')
    await created.getByText('201 Created').waitFor()
    assert.match(String(await created.textContent()), /"id": "team-/)
    const listed = await send(page, 'get_teams')
    await listed.getByText('200 OK').waitFor()
    assert.match(String(await listed.textContent()), /"name": "nightly"/)
  })

  test('keeps the token in memory only', async () => {
    const page = await shown.visit('/docs/teams', { signedIn: false })
    const { token } = shown.authority.prepared
    await page.getByLabel('Token for “Try it”').fill(token)
    await (await send(page, 'get_teams')).getByText('200 OK').waitFor()
    assert.deepEqual(await findInBrowser(page, token), ['fields'])
    await page.reload()
    assert.deepEqual(await findInBrowser(page, token), [])
  })

  test('does not send the cookie of the console session', async () => {
    const page = await shown.visit('/docs/teams')
    assert.ok((await page.context().cookies()).length > 0)
    await page.getByLabel('Token for “Try it”').fill('not-a-token')
    const sent = page.waitForRequest('**/api/iacp/v3/teams')
    await (await send(page, 'get_teams')).getByText('401 Unauthorized').waitFor()
    assert.equal((await (await sent).allHeaders())['cookie'], undefined)
  })

  test('asks for a token if there is none', async () => {
    const page = await shown.visit('/docs/teams')
    await (await send(page, 'get_teams')).getByText(/Enter a token/).waitFor()
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'try-token')
  })
})

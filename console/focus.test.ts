/** Where the focus is after each deed: never lost, so that nobody without a mouse begins at the top again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barriers, type Page, settled } from '../testing/console.ts'
import { type Furnished, furnish, furnishable } from '../testing/furnished-console.ts'
import { describeInBrowser, sharedConsole } from '../testing/in-browser.ts'
import { prepareWalks, walk } from '../testing/keyboard.ts'

let furnished: Furnished
let page: Page

sharedConsole(async (console) => {
  furnished = await furnish(console)
  page = await console.visit('/profile')
  await prepareWalks(page)
}, furnishable)

async function at(path: string): Promise<void> {
  await page.goto(path)
  await settled(page)
}
const ofAccount = (path: string) => at(`/${furnished.account}/${path}`)
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true, disabled: false })

async function press(on: ReturnType<Page['locator']>, key = 'Enter'): Promise<void> {
  await on.focus()
  await page.keyboard.press(key)
}
const hasFocus = (on: ReturnType<Page['locator']>) => on.and(page.locator(':focus')).waitFor({ state: 'attached' })
const heading = (name: string) => page.getByRole('heading', { name, level: 1 })
const menu = () => page.getByRole('menu')

describeInBrowser('the focus', () => {
  test('skips to the content, past everything that is on every page', async () => {
    await at('/profile')
    await page.keyboard.press('Tab')
    await hasFocus(page.getByRole('link', { name: 'Skip to the content' }))
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await hasFocus(button('Generate token'))
  })

  test('goes to the heading of the page that comes, by a link, a button, the palette and the way back', async () => {
    await ofAccount('iam/users')
    await press(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Roles' }))
    await hasFocus(heading('Roles'))
    assert.equal(await page.title(), 'Roles · Mintmark')
    await press(button('Create role'))
    await hasFocus(heading('Create role'))
    await page.keyboard.press('Control+k')
    await hasFocus(page.getByRole('combobox', { name: 'Search or go to' }))
    await page.keyboard.type('teams')
    await page.getByRole('option', { selected: true }).filter({ hasText: 'Teams' }).waitFor()
    await page.keyboard.press('Enter')
    await hasFocus(heading('Teams'))
    await press(page.getByRole('link', { name: 'Platform' }))
    await hasFocus(heading('Platform'))
    await page.goBack()
    await hasFocus(heading('Teams'))
  })

  test('stays on the part of a page that was chosen', async () => {
    await at('/profile')
    await press(page.getByRole('link', { name: 'Sessions' }))
    await page.getByRole('table', { name: 'Sessions' }).waitFor()
    await hasFocus(page.getByRole('link', { name: 'Sessions' }))
    await ofAccount('environments')
    await press(page.getByRole('link', { name: 'Account variables' }))
    await page.getByRole('table', { name: 'Variables' }).waitFor()
    await hasFocus(page.getByRole('link', { name: 'Account variables' }))
  })

  test('comes back from the palette by escape', async () => {
    await ofAccount('audit-events')
    await press(button('When'), 'Control+k')
    await hasFocus(page.getByRole('combobox', { name: 'Search or go to' }))
    await page.keyboard.press('Escape')
    await hasFocus(button('When'))
    await press(button(/Search or go to/))
    await hasFocus(page.getByRole('combobox', { name: 'Search or go to' }))
    await page.keyboard.press('Escape')
    await hasFocus(button(/Search or go to/))
  })

  test('stays where it was when a list is sorted, searched, paged and selected from', async () => {
    await ofAccount('audit-events')
    await press(button('When'))
    await page.waitForURL(/sort=at/)
    await hasFocus(button('When'))
    await press(button('next page'))
    await page.waitForURL(/page=2/)
    await page.getByRole('button', { name: '2', exact: true }).and(page.locator('[aria-current]')).waitFor()
    for (;;) {
      await page.locator('.mantine-Pagination-root :focus').waitFor()
      const before = page.url()
      if (!(await button('next page').isVisible())) break
      await press(button('next page'))
      await page.waitForURL((url) => url.href !== before)
    }
    const search = page.getByRole('textbox', { name: 'Search ids and actions' })
    await search.focus()
    await page.keyboard.type('vars')
    await page.waitForURL(/q=vars/)
    await hasFocus(search)
    await press(button('Clear search'))
    await hasFocus(search)
    await press(button('More filters'))
    const id = page.getByRole('textbox', { name: 'With the token, by id' })
    await id.focus()
    await page.keyboard.type('at-none')
    await page.keyboard.press('Enter')
    await page.getByText('Nothing matches').waitFor()
    await hasFocus(id)
    await press(button('Remove the filter with the token at-none'))
    await page.getByRole('table', { name: 'Audit events' }).waitFor()
    await hasFocus(heading('Audit events'))
    assert.equal(await id.inputValue(), '')

    await ofAccount('token-report')
    const tick = page.getByRole('checkbox', { name: /^Select first token/ })
    await press(tick, 'Space')
    await page.getByText('1 token selected').waitFor()
    await hasFocus(tick)
    await press(button('Clear selection'))
    await page.getByText('1 token selected').waitFor({ state: 'detached' })
    await hasFocus(page.getByRole('region', { name: 'What is selected' }))
    await press(page.getByRole('checkbox', { name: 'Select all on this page' }), 'Space')
    await page.getByText(/tokens selected/).waitFor()
    await hasFocus(page.getByRole('checkbox', { name: 'Select all on this page' }))
  })

  test('comes back after a secret was shown, and goes to the heading when its button is gone', async () => {
    await at('/profile')
    await press(button('Generate token'))
    await hasFocus(page.getByRole('textbox', { name: 'Name' }))
    await page.keyboard.type('short')
    await page.keyboard.press('Enter')
    await press(page.getByLabel('I have saved this token'), 'Space')
    await press(button('Done'))
    await hasFocus(button('Generate token'))
    await press(button(/^Delete short/))
    await hasFocus(button('Cancel'))
    await press(button('Delete token'))
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await hasFocus(heading('Profile'))
  })

  test('comes back from a dialog whose script arrived after its button was pressed', async () => {
    let release: (() => void) | undefined
    const isReleased = new Promise<void>((done) => {
      release = done
    })
    await page.route(/team-form/, async (route) => {
      await isReleased
      await route.continue()
    })
    await ofAccount('iam/teams')
    await press(button('Create team'))
    release?.()
    const dialog = page.getByRole('dialog', { name: 'Create team' })
    await dialog.getByLabel('Name').and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await hasFocus(button('Create team'))
    await page.unroute(/team-form/)
  })

  test('goes through menus and choices by the arrows', async () => {
    await ofAccount('github-secret-scanning')
    for (const name of ['Colours', /^You: /]) {
      await press(button(name))
      await hasFocus(menu().getByRole('menuitem').first())
      assert.deepEqual(await barriers(page, '[role="menu"]'), [])
      await page.keyboard.press('ArrowDown')
      await hasFocus(menu().getByRole('menuitem').nth(1))
      await page.keyboard.press('Escape')
      await menu().waitFor({ state: 'detached' })
      await hasFocus(button(name))
    }
    await press(page.getByRole('radio', { name: 'Common' }), 'ArrowRight')
    await page.waitForURL(/form=strict/)
    await hasFocus(page.getByRole('radio', { name: 'Stricter' }))
    await ofAccount('iam/users')
    const status = page.getByRole('combobox', { name: 'Any status' })
    const active = page.getByRole('option', { name: 'Active', exact: true })
    await press(status)
    await active.waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(/status=Active/)
    await active.waitFor({ state: 'hidden' })
    // What is chosen again is chosen no more.
    await press(status, 'ArrowDown')
    await active.and(page.locator('[data-combobox-selected]')).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.search === '')
    await hasFocus(status)
  })

  test('on a phone is in the navigation only while that is in sight', async () => {
    await page.setViewportSize({ width: 360, height: 800 })
    await ofAccount('iam/teams')
    await press(button('Open the navigation'))
    const roles = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Roles' })
    await roles.waitFor()
    assert.deepEqual(await barriers(page), [])
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link').last().focus()
    await page.keyboard.press('Tab')
    await hasFocus(button('Create team'))
    await roles.waitFor({ state: 'hidden' })
    await press(button('Open the navigation'))
    await press(roles)
    await hasFocus(heading('Roles'))
    await roles.waitFor({ state: 'hidden' })
    assert.deepEqual(await walk(page), [])
    await page.setViewportSize({ width: 1280, height: 800 })
  })
})

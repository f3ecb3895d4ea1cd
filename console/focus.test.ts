/** Focus management: the focus is never lost, so that keyboard users do not start at the top again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessibilityViolations, type Page, settled } from '../testing/console/console.ts'
import { type ConsoleFixture, fillConsole, fixtureOptions } from '../testing/console/console-fixture.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { prepareKeyboardWalks, walkByKeyboard } from '../testing/console/keyboard.ts'

let furnished: ConsoleFixture
let page: Page

sharedConsole(async (console) => {
  furnished = await fillConsole(console)
  page = await console.visit('/profile')
  await prepareKeyboardWalks(page)
}, fixtureOptions)

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
  test('can skip the navigation to the content', async () => {
    await at('/profile')
    await page.keyboard.press('Tab')
    await hasFocus(page.getByRole('link', { name: 'Skip to content' }))
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await hasFocus(page.getByRole('main').getByRole('link').first())
  })

  test('moves to the heading of a new page: by link, button, palette and back button', async () => {
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

  test('stays on the selected tab', async () => {
    await at('/profile')
    await press(page.getByRole('link', { name: 'Sessions' }))
    await page.getByRole('table', { name: 'Sessions' }).waitFor()
    await hasFocus(page.getByRole('link', { name: 'Sessions' }))
    await ofAccount('environments')
    await press(page.getByRole('link', { name: 'Account variables' }))
    await page.getByRole('table', { name: 'Variables' }).waitFor()
    await hasFocus(page.getByRole('link', { name: 'Account variables' }))
  })

  test('returns from the palette on Escape', async () => {
    await ofAccount('audit-events')
    await press(button('Time'), 'Control+k')
    await hasFocus(page.getByRole('combobox', { name: 'Search or go to' }))
    await page.keyboard.press('Escape')
    await hasFocus(button('Time'))
    await press(button(/Search or go to/))
    await hasFocus(page.getByRole('combobox', { name: 'Search or go to' }))
    await page.keyboard.press('Escape')
    await hasFocus(button(/Search or go to/))
  })

  test('stays in place when a list is sorted, searched, paged and selected from', async () => {
    await ofAccount('audit-events')
    await press(button('Time'))
    await page.waitForURL(/sort=at/)
    await hasFocus(button('Time'))
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
    const search = page.getByRole('textbox', { name: 'Search IDs and actions' })
    await search.focus()
    await page.keyboard.type('vars')
    await page.waitForURL(/q=vars/)
    await hasFocus(search)
    await press(button('Clear search'))
    await hasFocus(search)
    await press(button('Filters'))
    const id = page.getByRole('textbox', { name: 'Token ID' })
    await id.focus()
    await page.keyboard.type('at-none')
    await page.keyboard.press('Enter')
    await page.getByText('No results').waitFor()
    await hasFocus(id)
    await press(button('Remove filter Token: at-none'))
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
    await hasFocus(page.getByRole('region', { name: 'Selection' }))
    await press(page.getByRole('checkbox', { name: 'Select all on this page' }), 'Space')
    await page.getByText(/tokens selected/).waitFor()
    await hasFocus(page.getByRole('checkbox', { name: 'Select all on this page' }))
  })

  test('returns after a secret was shown, and moves to the heading if the button was removed', async () => {
    await at('/profile')
    await press(button('Create token'))
    await hasFocus(page.getByRole('textbox', { name: 'Name' }))
    await page.keyboard.type('short')
    await page.keyboard.press('Enter')
    await press(page.getByLabel('I have saved this token'), 'Space')
    await press(button('Done'))
    await hasFocus(button('Create token'))
    await press(button(/^Revoke short/))
    await hasFocus(button('Cancel'))
    await press(button('Revoke token'))
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await hasFocus(heading('Profile'))
  })

  test('returns from a dialog whose script loaded after the button was pressed', async () => {
    let release: (() => void) | undefined
    const isReleased = new Promise<void>((done) => {
      release = done
    })
    await page.route(/team-dialog/, async (route) => {
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
    await page.unroute(/team-dialog/)
  })

  test('moves through menus and options with the arrow keys', async () => {
    await ofAccount('github-secret-scanning')
    for (const name of ['Theme', /^User menu: /]) {
      await press(button(name))
      await hasFocus(menu().getByRole('menuitem').first())
      assert.deepEqual(await accessibilityViolations(page, '[role="menu"]'), [])
      await page.keyboard.press('ArrowDown')
      await hasFocus(menu().getByRole('menuitem').nth(1))
      await page.keyboard.press('Escape')
      await menu().waitFor({ state: 'detached' })
      await hasFocus(button(name))
    }
    await press(page.getByRole('radio', { name: 'Standard' }), 'ArrowRight')
    await page.waitForURL(/form=strict/)
    await hasFocus(page.getByRole('radio', { name: 'Strict' }))
    await ofAccount('iam/users')
    const status = page.getByRole('combobox', { name: 'Status' })
    const active = page.getByRole('option', { name: 'Active', exact: true })
    await press(status)
    await active.waitFor()
    await page.keyboard.press('ArrowDown')
    await active.and(page.locator('[data-combobox-selected]')).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/status=Active/)
    await active.waitFor({ state: 'hidden' })
    const any = page.getByRole('option', { name: 'any', exact: true })
    await press(status, 'ArrowDown')
    await any.waitFor()
    await page.keyboard.press('ArrowUp')
    await any.and(page.locator('[data-combobox-selected]')).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.search === '')
    await hasFocus(status)
  })

  test('is in the navigation on a phone only while it is visible', async () => {
    await page.setViewportSize({ width: 360, height: 800 })
    await ofAccount('iam/teams')
    await press(button('Open navigation'))
    const roles = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Roles' })
    await roles.waitFor()
    assert.deepEqual(await accessibilityViolations(page), [])
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link').last().focus()
    await page.keyboard.press('Tab')
    await hasFocus(button('Create team'))
    await roles.waitFor({ state: 'hidden' })
    await press(button('Open navigation'))
    await press(roles)
    await hasFocus(heading('Roles'))
    await roles.waitFor({ state: 'hidden' })
    assert.deepEqual(await walkByKeyboard(page), [])
    await page.setViewportSize({ width: 1280, height: 800 })
  })
})

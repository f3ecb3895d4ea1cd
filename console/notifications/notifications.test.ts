/** The bell with notifications in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordApiRequests } from '../../testing/console/api-requests.ts'
import { settled, violationsInAllThemes } from '../../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../../testing/console/in-browser.ts'
import { document, machine } from '../../testing/kit.ts'

let home = ''

const shown = sharedConsole(({ authority }) => {
  home = `/${authority.prepared.account}/`
})

/** Revokes a token of the signed-in user as someone else. */
async function revokeOne(name: string): Promise<void> {
  const { call, prepared } = shown.authority
  const admin = await machine(shown.authority, name, { permissions: ['*:*'], scope: ['accounts', prepared.account] })
  const { id } = (await call('POST', '/access-tokens', { body: document('access-tokens', { name }) })).json.data
  assert.equal((await call('DELETE', `/access-tokens/${id}`, { token: admin.token })).status, 204)
}

describeInBrowser('the bell', () => {
  test('has no number and explains itself if there are no notifications', async () => {
    const page = await shown.visit(home)
    await page.getByRole('button', { name: 'Notifications', exact: true }).click()
    await page.getByRole('dialog', { name: 'Notifications' }).getByText('No notifications').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'notifications-none'), [])
  })

  test('shows the number of unread notifications, what happened, and marks them as read on the server', async () => {
    for (const name of ['one', 'two']) await revokeOne(name)
    const page = await shown.visit(home)
    await page.setViewportSize({ width: 360, height: 740 })
    const bell = page.getByRole('button', { name: /^Notifications/ })
    await bell.and(page.getByRole('button', { name: 'Notifications, 2 unread' })).click()
    const list = page.getByRole('dialog', { name: 'Notifications' })
    const item = list.getByRole('link', { name: /Token “one” \(….{6}\) was revoked/ })
    await item.waitFor()
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360)
    assert.deepEqual(await violationsInAllThemes(page, 'notifications'), [])
    await list.getByRole('button', { name: 'Mark all as read' }).click()
    await page.getByRole('button', { name: 'Notifications', exact: true }).waitFor()
    const unread = await shown.authority.call('GET', '/notifications?filter[is-read]=false')
    assert.deepEqual(unread.json.data, [])
    assert.equal(await list.getByRole('button', { name: 'Mark all as read' }).getAttribute('aria-disabled'), 'true')
    await item.click()
    await page.waitForURL(/\/tokens\/at-/)
    await list.waitFor({ state: 'detached' })
  })

  test('closes with Escape and returns the focus', async () => {
    const page = await shown.visit(home)
    const bell = page.getByRole('button', { name: /^Notifications/ })
    await bell.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Mark all as read' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Escape')
    await bell.and(page.locator(':focus')).waitFor()
  })

  test('asks the server once a minute, and not while the page is hidden', async () => {
    const page = await shown.visit('/healthz', { ownContext: true })
    await page.clock.install()
    const requests = recordApiRequests(page)
    const polls = () => requests.filter((each) => each.includes('is-read')).length
    await page.goto(home)
    await settled(page)
    // Requests that are pending while the clock jumps would time out.
    await page.waitForLoadState('networkidle')
    assert.equal(polls(), 0, 'the first number comes with the rights')
    await page.clock.fastForward(50_000)
    await page.waitForLoadState('networkidle')
    assert.equal(polls(), 0)
    const first = page.waitForResponse(/is-read/)
    await page.clock.fastForward(15_000)
    await first
    await page.waitForLoadState('networkidle')
    assert.equal(polls(), 1)
    await page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
      document.dispatchEvent(new Event('visibilitychange'))`)
    for (let minutes = 0; minutes < 3; minutes++) await page.clock.fastForward(60_000)
    await page.waitForLoadState('networkidle')
    assert.equal(polls(), 1)
  })
})

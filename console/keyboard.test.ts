/** The token lifecycle by keyboard only: from the sign-in link to a rotation. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeLocalLink } from '../authority/sign-in/links/local-link.ts'
import { realWorld } from '../authority/world.ts'
import { type Page, password } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'

const shown = sharedConsole()

/** Returns the accessible name of the focused element. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null
    const labels = [...((element as HTMLInputElement | null)?.labels ?? [])].map((label) => label.textContent)
    const id = element?.getAttribute('aria-labelledby')
    const by = id ? document.getElementById(id)?.textContent : null
    return (element?.getAttribute('aria-label') ?? by ?? labels[0] ?? element?.textContent ?? '').trim()
  })

/** Presses Tab until the element has the focus. */
async function reach(page: Page, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = []
  for (let press = 0; press < 80; press++) {
    const here = await focused(page)
    if (typeof name === 'string' ? here === name : name.test(here)) return
    passed.push(here)
    await page.keyboard.press(key)
  }
  assert.fail(`Tab did not reach ${name}; passed: ${passed.join(' | ')}`)
}

async function press(page: Page, name: string | RegExp): Promise<void> {
  await reach(page, name)
  await page.keyboard.press('Enter')
}

async function type(page: Page, field: string, text: string): Promise<void> {
  await reach(page, field)
  await page.keyboard.type(text)
}

/** Selects an option of a searchable select. */
async function pick(page: Page, field: string, option: string): Promise<void> {
  await type(page, field, option)
  await page.getByRole('option', { name: option }).first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  // Multi-selects stay open.
  if (await page.getByRole('option').first().isVisible()) await page.keyboard.press('Escape')
}

async function goTo(page: Page, words: string, heading: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or go to' }).waitFor()
  await page.keyboard.type(words)
  await page.getByRole('option', { selected: true }).filter({ hasText: words }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
}

/** Reads the secret from its dialog, confirms that it is saved, and closes the dialog. */
async function saved(page: Page, name: string): Promise<string> {
  const secret = (await page.getByLabel(`token ${name}`, { exact: true }).textContent()) ?? ''
  await reach(page, 'I have saved this token')
  await page.keyboard.press('Space')
  await press(page, 'Done')
  await page.getByLabel(`token ${name}`, { exact: true }).waitFor({ state: 'detached' })
  return secret
}

const answered = async (token: string) => (await shown.authority.call('GET', '/access-tokens/self', { token })).status

describeInBrowser('by keyboard alone', () => {
  test('a user signs in, creates tokens, sets up a service account, revokes a token, stores one in a variable and rotates it', async () => {
    const link = (await makeLocalLink(shown.authority.database, realWorld)).secret.open()
    const page = await shown.visit(`/welcome#${link}`, { signedIn: false })
    await page.getByText('This link signs you in once').waitFor()
    await press(page, /^(?:Get started|Continue)$/)
    await page.getByRole('heading', { name: 'How will you sign in?' }).waitFor()
    await press(page, 'Use a password instead')
    await type(page, 'New password', password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor()

    await goTo(page, 'Personal access tokens', 'Profile')
    await press(page, 'Create token')
    await page.getByRole('dialog', { name: 'Create a personal access token' }).waitFor()
    await page.locator(':focus').and(page.getByLabel('Name')).waitFor()
    await page.keyboard.type('laptop')
    await page.keyboard.press('Enter')
    const personal = await saved(page, 'laptop')
    assert.equal(await answered(personal), 200)

    await goTo(page, 'Create service account', 'Create service account')
    await type(page, 'Name', 'nightly-deploy')
    await pick(page, 'Roles', 'reader')
    await press(page, 'Create service account and token')
    const first = await saved(page, 'nightly-deploy')
    await page.getByRole('heading', { name: 'nightly-deploy', level: 1 }).waitFor()
    await press(page, 'Create token')
    await page.getByRole('dialog', { name: 'Create a token for service account “nightly-deploy”' }).waitFor()
    await page.locator(':focus').and(page.getByLabel('Name')).waitFor()
    await page.keyboard.type('second')
    await page.keyboard.press('Enter')
    const second = await saved(page, 'second')
    assert.deepEqual([await answered(first), await answered(second)], [200, 200])

    await press(page, `Revoke second (…${second.slice(-6)})`)
    await page.getByRole('dialog', { name: 'Revoke token “second”?' }).waitFor()
    // A second press of the same key must not confirm.
    await page
      .locator(':focus')
      .and(page.getByRole('button', { name: 'Cancel' }))
      .waitFor()
    await press(page, 'Revoke token')
    await page
      .getByRole('row')
      .filter({ hasText: second.slice(-6) })
      .waitFor({ state: 'detached' })
    assert.deepEqual([await answered(first), await answered(second)], [200, 401])

    await goTo(page, 'Environments', 'Environments')
    await press(page, 'Account variables')
    await press(page, 'Add variable')
    await page.getByRole('dialog', { name: 'Add variable' }).waitFor()
    await type(page, 'Key', 'deploy_token')
    await type(page, 'Value', first)
    await page.getByText('The value contains an API token of this installation.').waitFor()
    await press(page, 'Add variable')
    await page.getByRole('row').filter({ hasText: 'deploy_token' }).getByText(first.slice(-6)).waitFor()
    await goTo(page, 'nightly-deploy', 'nightly-deploy')

    await press(page, `Rotate nightly-deploy (…${first.slice(-6)})`)
    await page.getByRole('dialog', { name: 'Rotate token' }).waitFor()
    await press(page, 'Rotate token')
    const successor = await saved(page, 'nightly-deploy')
    assert.deepEqual([await answered(first), await answered(successor)], [200, 200])
  })
})

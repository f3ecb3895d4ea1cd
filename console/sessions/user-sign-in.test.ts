/** The sessions of another user and "Reset sign-in", in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findInBrowser, password, violationsInAllThemes } from '../../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../../testing/console/in-browser.ts'

const email = 'ann@example.com'
let path = ''
let cookie = ''

const shown = sharedConsole(async ({ authority, newcomer }) => {
  cookie = await newcomer(email)
  const found = await authority.call('GET', `/users?filter[email]=${email}`)
  path = `/${authority.prepared.account}/iam/users/${found.json.data[0].id}?tab=sign-in`
})

describeInBrowser('on the page of a user', () => {
  test('an administrator ends a session, and the user has to sign in again', async () => {
    const theirs = await shown.visit('/sign-in', { signedIn: false })
    await theirs.getByLabel('Email').fill(email)
    await theirs.getByLabel('Password', { exact: true }).fill(password)
    await theirs.getByRole('button', { name: 'Sign in', exact: true }).click()
    await theirs.getByRole('navigation', { name: 'Main' }).waitFor()

    const page = await shown.visit(path)
    await page.getByRole('row').filter({ hasText: 'Chrome' }).waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'user-sign-in'), [])
    await page.getByRole('button', { name: /^Sign out the session of Chrome \d+ on/ }).click()
    await page.getByText(/^Signed out the session of Chrome/).waitFor()
    await page.getByRole('row').filter({ hasText: 'Chrome' }).waitFor({ state: 'detached' })
    await theirs.goto('/profile')
    await theirs.getByRole('heading', { name: 'Sign in to Mintmark' }).waitFor()
  })

  test('a reset signs the user out and shows a link once, with which they set a new password', async () => {
    const page = await shown.visit(path)
    await page.getByRole('button', { name: 'Reset sign-in' }).click()
    await page.getByRole('dialog', { name: `Reset the sign-in of user “${email}”?` }).waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-reset-sign-in'), [])
    await page.getByRole('dialog').getByRole('button', { name: 'Reset sign-in' }).click()
    const link = (await page.getByLabel('sign-in link', { exact: true }).textContent()) ?? ''
    await page.getByLabel('I have saved this link').check()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('No sessions').waitFor()
    assert.deepEqual(await findInBrowser(page, link.split('#')[1] as string), [])

    const theirs = await shown.visit('/profile', { cookie })
    await theirs.getByRole('heading', { name: 'Sign in to Mintmark' }).waitFor()
    await theirs.goto(link)
    await theirs.getByRole('button', { name: /Continue|Get started/ }).click()
    await theirs.getByRole('button', { name: 'Use a password instead' }).click()
    await theirs.getByLabel('New password', { exact: true }).fill('purple monkey dishwasher lamp 4')
    await theirs.getByRole('button', { name: 'Set password' }).click()
    await theirs.getByRole('navigation', { name: 'Main' }).waitFor()
  })

  test('an administrator changes the name and the email address', async () => {
    const page = await shown.visit(path)
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: /^Edit user “/ })
    await dialog.getByLabel('Name').fill('Ann Example')
    await dialog.getByLabel('Email').fill(shown.authority.prepared.email)
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await dialog.getByText('This email address is already taken.').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-edit-user'), [])
    await dialog.getByLabel('Email').fill('ann.example@example.com')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('heading', { name: 'Ann Example', level: 1 }).waitFor()
    await page.getByText('ann.example@example.com').waitFor()
  })

  test('a user cannot reset their own sign-in', async () => {
    const page = await shown.visit(path.replace(/user-\w+/, shown.authority.prepared.user))
    const reset = page.getByRole('button', { name: 'Reset sign-in' })
    await reset.waitFor()
    assert.equal(await reset.getAttribute('aria-disabled'), 'true')
  })
})

/** The name, time zone and theme of the user, in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, violationsInAllThemes } from '../../../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../../../testing/console/in-browser.ts'

const shown = sharedConsole()

describeInBrowser('the general tab of the profile', () => {
  test('changes the name of the user, and the email address with a code', async () => {
    const page = await shown.visit('/profile/general')
    await page.getByLabel('Name').fill(' Ada Lovelace ')
    await page.getByRole('button', { name: 'Save name' }).click()
    await page.getByText('Saved your name.').waitFor()
    const { authority } = shown
    const user = await authority.call('GET', `/users/${authority.prepared.user}`)
    assert.equal(user.json.data.attributes['full-name'], 'Ada Lovelace')
    assert.deepEqual(await violationsInAllThemes(page, 'profile-general'), [])

    await page.getByRole('button', { name: 'Change email address' }).click()
    const dialog = page.getByRole('dialog', { name: 'Change email address' })
    await dialog.getByLabel('New email address').fill('ada@mintmark.internal')
    await dialog.getByRole('button', { name: 'Send code' }).click()
    await dialog.getByText('This server sends no mail.').waitFor()
    await page.route('**/auth/email', (route) => route.fulfill({ status: 204 }))
    await dialog.getByRole('button', { name: 'Send code' }).click()
    await dialog.getByText('We sent a code to ada@mintmark.internal.').waitFor()
    await dialog.getByLabel('Code').fill('2222-2222-2222-2222')
    await dialog.getByRole('button', { name: 'Change email address' }).click()
    await dialog.getByText('This code is wrong or has expired.').waitFor()
  })

  test('a chosen time zone applies to all times and is kept', async () => {
    const page = await shown.visit('/profile/general', { ownContext: true })
    const { 'created-at': createdAt } = (await shown.authority.call('GET', `/users/${shown.authority.prepared.user}`))
      .json.data.attributes
    await page.getByRole('switch', { name: 'Exact times' }).check()
    for (const zone of ['Pacific/Kiritimati', 'Pacific/Midway']) {
      await page.goto('/profile/general')
      await page.getByLabel('Time zone').first().fill(zone)
      await page.getByRole('option', { name: zone }).click()
      await page.goto(`/${shown.authority.prepared.account}/iam/users/${shown.authority.prepared.user}`)
      const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: zone })
      const short = { 'Pacific/Kiritimati': 'GMT+14', 'Pacific/Midway': 'GMT-11' }[zone]
      await page
        .getByRole('main')
        .getByText(`${format.format(new Date(createdAt))} ${short}`)
        .first()
        .waitFor()
    }
  })

  test('a theme is applied at once and is kept', async () => {
    const page = await shown.visit('/profile/general', { ownContext: true })
    await choose(page, 'Theme', 'Dark')
    const dark = page.locator('html[data-mantine-color-scheme="dark"]')
    await dark.waitFor()
    await page.reload()
    await dark.waitFor()
  })
})

/** The console with 2,000 service accounts and 20,000 tokens. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realWorld } from '../../authority/world.ts'
import { type Page, violationsInAllThemes } from '../../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../../testing/console/in-browser.ts'
import { fillLargeAccount, largeAccount } from '../../testing/console/large-account.ts'
import { document } from '../../testing/kit.ts'

let home = ''
const now = realWorld.now()

/** Noon in this number of days. */
const inDays = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 12)
const expiries = [2, 3, 4, 5].map(inDays)

const shown = sharedConsole(async (console) => {
  const { call, prepared } = console.authority
  home = `/${prepared.account}`
  const team = (await call('POST', '/teams', { body: document('teams', { name: 'Platform' }) })).json.data.id
  await fillLargeAccount(console, { now, expiries: expiries.map((at) => at.toISOString()), team })
})

const group = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const entries = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor()

describeInBrowser('with 2,000 service accounts and 20,000 tokens', () => {
  test('the home page has the right counts, and links to the lists with the same counts', async () => {
    const page = await shown.visit(home)
    await page.getByRole('link', { name: 'Active tokens: 10,000+' }).waitFor()
    await page.getByRole('link', { name: 'Service accounts: 2,000' }).waitFor()
    // One token per service account and kind is more than is shown.
    await group(page, 'Service accounts without access').getByText('1,000+', { exact: true }).waitFor()
    await group(page, 'Service accounts without an owner').getByText('1,000+', { exact: true }).waitFor()
    await group(page, 'Unused tokens').getByText('1,000', { exact: true }).waitFor()
    await group(page, 'Tokens that never expire').getByText('1,000+', { exact: true }).waitFor()
    const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })
    for (const at of expiries) await page.getByRole('link', { name: `${day.format(at)}: 500 tokens expire` }).waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'home-large'), [])
    await page.setViewportSize({ width: 1280, height: 800 })

    await page.getByRole('link', { name: `${day.format(expiries[0])}: 500 tokens expire` }).click()
    await entries(page, '500 entries')
    await page.getByRole('link', { name: 'Home', exact: true }).click()
    await page.getByRole('link', { name: /^See all 1,000: Unused tokens/ }).click()
    await entries(page, '1,000 entries')
    await page.getByRole('link', { name: 'Home', exact: true }).click()
    await page.getByRole('link', { name: /: Service accounts without access$/ }).click()
    await entries(page, `${(largeAccount.serviceAccounts - 50).toLocaleString('en')} entries`)
    await page.goBack()
    await page.getByRole('link', { name: /: Service accounts without an owner$/ }).click()
    await entries(page, '1,500 entries')
  })

  test('the token report and the list of service accounts answer on every page and to a search', async () => {
    const page = await shown.visit(`${home}/token-report?sort=name`)
    await entries(page, 'More than 10,000 entries')
    await page.getByRole('row').filter({ hasText: 'job 00023' }).waitFor()
    await page.goto(`${home}/token-report?sort=name&page=300`)
    await page.getByRole('row').filter({ hasText: 'job 07475' }).waitFor()
    await page.goto(`${home}/token-report?sort=name&q=job 1234`)
    await page.getByRole('row').filter({ hasText: 'job 12349' }).waitFor()
    assert.equal(await page.getByRole('row').count(), 11)
    await page.goto(`${home}/token-report?use=never&state=expiring`)
    await entries(page, '100 entries')

    await page.goto(`${home}/iam/service-accounts`)
    await entries(page, '2,000 entries')
    await page.getByRole('row').filter({ hasText: 'service-00000' }).getByText('Platform').waitFor()
    await page.goto(`${home}/iam/service-accounts?page=80`)
    await page.getByRole('row').filter({ hasText: 'service-01999' }).waitFor()
  })

  test('the palette finds a service account by name', async () => {
    const page = await shown.visit(home)
    await page.getByRole('button', { name: 'Search or go to…' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search or go to' }).fill('service-01234')
    await page.getByRole('option', { selected: true }).filter({ hasText: 'service-01234' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'service-01234', level: 1 }).waitFor()
    for (const name of ['job 01234', 'job 19234']) await page.getByText(name).first().waitFor()
  })
})

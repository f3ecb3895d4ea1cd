/** The token report in a real browser: search, download, bulk revocation. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { choose, type Page, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document, type Machine, machine } from '../testing/kit.ts'
import { rawSql } from '../testing/raw-sql.ts'

let report = ''
let robot: Machine

const shown = sharedConsole(async ({ authority }) => {
  report = `/${authority.prepared.account}/token-report`
  robot = await machine(authority, 'robot')
  for (const name of ['one', 'two', 'three', 'four']) await mint(name)
})

const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })

async function mint(name: string): Promise<{ id: string; token: string }> {
  const body = document('access-tokens', { name, description: 'Made for a test.', 'expires-in': 60 })
  const { id, attributes } = (
    await shown.authority.call('POST', `/service-accounts/${robot.id}/access-tokens`, { body })
  ).json.data
  return { id, token: attributes.token }
}

const accepted = async (token: string) => (await shown.authority.call('GET', '/access-tokens/self', { token })).status

describeInBrowser('the token report', () => {
  test('over-privileged tokens have a tab of their own and can be replaced by limited ones', async () => {
    const { call, prepared } = shown.authority
    const permissions = ['roles:create', 'tags:*']
    const admin = await machine(shown.authority, 'admin', { permissions, scope: ['accounts', prepared.account] })
    const body = document('access-tokens', { name: 'provisioner' })
    await call('POST', `/service-accounts/${admin.id}/access-tokens`, { body })
    const page = await shown.visit(report)
    await page.getByRole('link', { name: 'Over-privileged' }).click()
    await page
      .getByText(
        /^Tokens that are not limited to permissions or scopes, and whose owner can manage access policies, roles or users\./,
      )
      .waitFor()
    await row(page, 'four').waitFor({ state: 'detached' })
    assert.deepEqual(await violationsInAllThemes(page, 'token-report-over-privileged'), [])
    await page.getByRole('button', { name: /^Create a limited replacement of provisioner/ }).click()
    const dialog = page.getByRole('dialog')
    assert.equal(await dialog.getByLabel('Name').inputValue(), 'provisioner')
    assert.ok(await dialog.getByRole('radio', { name: 'Read-only' }).isChecked())
    await dialog.getByRole('button', { name: 'Create token' }).click()
    await page.getByLabel('I have saved this token').check()
    await page.getByRole('button', { name: 'Done' }).click()
    const { data } = (await call('GET', `/service-accounts/${admin.id}/access-tokens?filter[name]=provisioner`)).json
    assert.deepEqual(
      data.map(({ attributes }: { attributes: { permissions: unknown } }) => attributes.permissions),
      [null, ['*:read']],
    )
    assert.equal(await row(page, 'provisioner').count(), 1)
  })

  test('filters are kept in the URL, and the downloaded file contains only the filtered tokens', async () => {
    const page = await shown.visit(report)
    await row(page, 'four').waitFor()
    await choose(page, 'Owner', 'Service accounts')
    await page.getByLabel('Search tokens and owners').fill('two')
    await row(page, 'four').waitFor({ state: 'detached' })
    await page.waitForURL(/ownerType=service-account.*q=two|q=two.*ownerType=service-account/)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ])
    assert.equal(download.suggestedFilename(), 'access-tokens.csv')
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n')
    assert.equal(lines.length, 2)
    assert.match(lines[1] ?? '', /,"two","Made for a test\.",/)
    await page
      .getByRole('combobox', { name: 'State' })
      .or(page.getByRole('textbox', { name: 'State' }))
      .first()
      .click()
    await page.getByRole('option', { name: 'Expired' }).click()
    await page.getByText('No results').waitFor()
    await page.getByRole('button', { name: 'Clear search and filters' }).click()
    await row(page, 'four').getByRole('link', { name: robot.email }).click()
    await page.getByRole('heading', { level: 1, name: 'robot' }).waitFor()
  })

  test('tabs show unused, expiring, non-expiring and expired tokens, keep the search, and never used tokens come first', async () => {
    for (const [name, change] of [
      ['tab used', `last_used_at = '${new Date().toISOString()}'`],
      ['tab endless', 'expires_at = null'],
      ['tab expired', "expires_at = '2026-01-01T00:00:00.000Z'"],
      ['tab old', "created_at = '2026-01-01T00:00:00.000Z', expires_at = '2046-01-01T00:00:00.000Z'"],
    ] as const) {
      const { id } = await mint(name)
      await rawSql(shown.authority.database, `update access_tokens set ${change} where id = '${id}'`)
    }
    const page = await shown.visit(`${report}?q=tab`)
    const names = () => page.locator('tbody tr td:nth-child(2)').allTextContents()
    const tabs = page.getByRole('navigation', { name: 'Token report' })
    await row(page, 'tab used').waitFor()
    assert.match((await names()).at(-1) ?? '', /^tab used/)
    for (const [tab, expected] of [
      ['Unused', 'tab old'],
      ['Expiring', 'tab used'],
      ['No expiry', 'tab endless'],
      ['Expired', 'tab expired'],
    ] as const) {
      await tabs.getByRole('link', { name: tab, exact: true }).click()
      await row(page, expected).waitFor()
      await row(page, expected === 'tab used' ? 'tab endless' : 'tab used').waitFor({ state: 'detached' })
      assert.equal((await names()).length, 1, tab)
      assert.equal(await tabs.locator('[aria-current]').textContent(), tab)
    }
    await tabs.getByRole('link', { name: 'All', exact: true }).click()
    await row(page, 'tab used').waitFor()
    assert.equal((await names()).length, 4)
  })

  test('several tokens are revoked after their number was typed; failures are reported and stay selected', async () => {
    const [a, b, c] = [await mint('bulk a'), await mint('bulk b'), await mint('bulk c')]
    const page = await shown.visit(`${report}?q=bulk`)
    await row(page, 'bulk c').waitFor()
    await page.getByLabel('Select all on this page').check()
    await page.getByText('3 tokens selected').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'token-report-selected'), [])
    // The request for one of them fails.
    await page.route(`**/access-tokens/${b.id}`, (route) => route.abort())
    await page.getByRole('button', { name: 'Revoke selected' }).click()
    const dialog = page.getByRole('dialog', { name: 'Revoke 3 tokens?' })
    await dialog.getByText('bulk b').waitFor()
    const revoke = dialog.getByRole('button', { name: 'Revoke 3 tokens' })
    assert.ok(await revoke.isDisabled())
    await dialog.getByRole('textbox').fill('3')
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-end-tokens'), [])
    await revoke.click()
    const failures = page.getByRole('dialog', { name: '1 token not revoked' })
    await failures.getByText('bulk b').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-end-tokens-failed'), [])
    await failures.getByRole('button', { name: 'Close' }).first().click()
    await row(page, 'bulk a').waitFor({ state: 'detached' })
    await page.getByText('1 token selected').waitFor()
    assert.ok(await row(page, 'bulk b').getByRole('checkbox').isChecked())
    assert.deepEqual([await accepted(a.token), await accepted(b.token), await accepted(c.token)], [401, 200, 401])

    await page.unroute(`**/access-tokens/${b.id}`)
    await row(page, 'bulk b')
      .getByRole('button', { name: /^Revoke bulk b/ })
      .click()
    await page.getByRole('dialog', { name: 'Revoke 1 token?' }).getByRole('textbox').fill('1')
    await page.getByRole('button', { name: 'Revoke 1 token' }).click()
    await page.getByText('No results').waitFor()
    assert.equal(await accepted(b.token), 401)
  })
})

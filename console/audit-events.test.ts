/** The audit log in a real browser. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { choose, type Page, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document, type Machine, machine } from '../testing/kit.ts'

let list = ''
let robot: Machine

const shown = sharedConsole(async ({ authority }) => {
  const { call, prepared } = authority
  list = `/${prepared.account}/audit-events`
  const scope = ['accounts', prepared.account] as const
  robot = await machine(authority, 'robot', { permissions: ['environments:*'], scope })
  const made = await call('POST', '/environments', {
    body: document('environments', { name: 'staging' }),
    token: robot.token,
  })
  const body = { data: { ...document('environments', { name: 'testing' }).data, id: made.json.data.id } }
  await call('PATCH', `/environments/${made.json.data.id}`, { body, token: robot.token })
})

const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })

describeInBrowser('audit events', () => {
  test('an event is shown as a sentence and opens with its changes; the URL links to it', async () => {
    const page = await shown.visit(list)
    await page.getByRole('button', { name: 'robot created the environment “staging”' }).waitFor()
    await page.getByRole('button', { name: 'robot updated the environment “testing”' }).click()
    const drawer = page.getByRole('dialog', { name: 'Audit event' })
    const changed = drawer.getByRole('row').filter({ hasText: 'Name' })
    await changed.getByText('staging').waitFor()
    await changed.getByText('testing').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'audit-event'), [])
    await page.reload()
    const at = new Intl.DateTimeFormat('en-GB', { year: 'numeric', hour: '2-digit', timeZoneName: 'short' })
    const zone = at.formatToParts(new Date()).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    await drawer.getByText(new RegExp(`^\\d+ \\S+ \\d{4}, \\d\\d:\\d\\d ${zone} `)).waitFor()
    assert.match(
      (await drawer.getByRole('link', { name: 'robot', exact: true }).getAttribute('href')) ?? '',
      /service-accounts/,
    )
    assert.match(
      (await drawer.getByRole('link', { name: 'testing' }).getAttribute('href')) ?? '',
      /\/environments\/env-/,
    )
    await drawer.getByRole('link', { name: robot.id }).click()
    await drawer.waitFor({ state: 'detached' })
    await page.getByText('Actor: robot').waitFor()
    await row(page, 'signed in').waitFor({ state: 'detached' })
    assert.equal(await page.getByRole('row').count(), 3)
    await page.getByRole('button', { name: 'Remove filter Actor: robot' }).click()
    await row(page, 'set up this installation').or(row(page, 'created the token')).first().waitFor()
  })

  test('the log can be filtered by action, actor and day', async () => {
    const page = await shown.visit(list)
    await choose(page, 'Action', 'environments.created')
    await row(page, 'created the token').first().waitFor({ state: 'detached' })
    assert.equal(await page.getByRole('row').count(), 2)
    for (const [button, file, lines] of [
      ['Download CSV', 'audit-events.csv', 2],
      ['Download JSON lines', 'audit-events.jsonl', 1],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: button }).click(),
      ])
      assert.equal(download.suggestedFilename(), file)
      assert.equal(
        readFileSync(await download.path(), 'utf8')
          .trim()
          .split('\n').length,
        lines,
      )
    }
    await page.getByRole('button', { name: 'Filters' }).click()
    await page.getByLabel('To', { exact: true }).fill('2020-01-01')
    await page.getByText('No results').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'audit-events-filters'), [])
    await page.getByRole('button', { name: 'Remove filter To: 2020-01-01' }).click()
    await row(page, 'created the environment').waitFor()
    await choose(page, 'Service account', 'robot')
    await page.waitForURL(/actorId=sa-/)
    await row(page, 'created the environment').waitFor()
  })
})

/** The number of API requests per page does not grow with the rows that it shows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordApiRequests } from '../../testing/console/api-requests.ts'
import { type Page, settled } from '../../testing/console/console.ts'
import { type ConsoleFixture, fillConsole, fixtureOptions } from '../../testing/console/console-fixture.ts'
import { pages, pathsOf } from '../../testing/console/console-pages.ts'
import { describeInBrowser, sharedConsole } from '../../testing/console/in-browser.ts'
import { addManyRows, rowsPerList } from '../../testing/console/many-rows.ts'

const requestsMax = 6

let filled: ConsoleFixture
// One page for all visits, because it keeps the compiled scripts.
let page: Page
let sent: string[]

const shown = sharedConsole(async (console) => {
  filled = await fillConsole(console)
  await addManyRows(console, filled)
  page = await console.visit('/healthz')
  await recordShownIds(page)
  sent = recordApiRequests(page)
}, fixtureOptions)

/** Text that is an ID, in any cell or link of the page, at any time. */
async function recordShownIds(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = new Set<string>()
    Object.assign(window, { shownIds: seen })
    const look = () => {
      for (const each of document.querySelectorAll('td, td a, td span, td b, h1')) {
        const text = each.textContent?.trim() ?? ''
        if (/^(?:user|team|sa|env|ws|role)-[0-9a-z]{15,}$/.test(text)) seen.add(`${each.tagName} ${text}`)
      }
    }
    new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true })
  })
}

describeInBrowser('a page with 25 rows', () => {
  for (const each of pages)
    test(`${each.route} sends at most ${requestsMax} requests to the API, and shows names from the start`, async () => {
      for (const path of pathsOf(each, filled)) {
        await page.goto('/healthz')
        sent.length = 0
        await page.goto(path)
        await settled(page)
        await page.waitForLoadState('networkidle')
        assert.ok(sent.length <= requestsMax, `${path}: ${sent.length}\n${sent.join('\n')}`)
        const ids = await page.evaluate(() => [...(window as unknown as { shownIds: Set<string> }).shownIds])
        assert.deepEqual(ids, [], path)
      }
    })

  test('has 25 rows', async () => {
    const page = await shown.visit(`/${filled.account}/iam/access-policies`)
    await page.getByRole('row').nth(rowsPerList).waitFor()
    await page.getByText('row 1', { exact: true }).first().waitFor()
  })
})

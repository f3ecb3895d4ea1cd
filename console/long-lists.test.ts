/** Long lists in a real browser: windowing, paging, keyboard access and selection. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, type Page, type Visit, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document, type Machine, machine } from '../testing/kit.ts'

let robot: Machine
let report = ''
let ofRobot = ''

/** More than the maximum page size. */
const many = 130

const shown = sharedConsole(async (console) => {
  const account = `/${console.authority.prepared.account}`
  robot = await machine(console.authority, 'robot')
  report = `${account}/token-report?ownerType=service-account&sort=name`
  ofRobot = `${account}/iam/service-accounts/${robot.id}?tab=tokens&sort=name`
  // Later rows are higher, with names that compete for column width.
  for (let number = 1; number <= many; number++)
    await mint(
      `job ${String(number).padStart(3, '0')}${number > 40 && number % 7 === 0 ? ` ${'of a long name '.repeat(10)}` : ''}`,
    )
})

async function mint(name: string): Promise<string> {
  const body = document('access-tokens', { name, 'expires-in': 60 })
  return (await shown.authority.call('POST', `/service-accounts/${robot.id}/access-tokens`, { body })).json.data.id
}

const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })
const drawn = (page: Page) => page.locator('tbody tr[aria-rowindex]').count()

async function visit(path: string, options?: Visit): Promise<Page> {
  const page = await shown.visit(path, options)
  await page.locator('tbody tr[aria-rowindex="2"]').waitFor()
  return page
}

/** Scrolls in wheel-sized steps. Returns the sum of layout shifts. */
const shiftsWhileScrolling = (page: Page) =>
  page.evaluate(async () => {
    let shifts = 0
    const add = (entries: PerformanceEntryList) => {
      for (const entry of entries) shifts += (entry as unknown as { value: number }).value
    }
    const observer = new PerformanceObserver((list) => add(list.getEntries()))
    observer.observe({ type: 'layout-shift' })
    const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const end = () => window.document.documentElement.scrollHeight - innerHeight
    const steps = Math.ceil(end() / 600)
    for (const step of [600, -600]) {
      // Underestimated row heights make the page longer, but never twice as long.
      for (let taken = 0; step > 0 ? scrollY < end() - 1 : scrollY > 0; taken++) {
        if (taken > 2 * steps) throw new Error(`at ${scrollY} of ${end()} after ${taken} steps of ${step}`)
        scrollBy(0, step)
        await painted()
      }
    }
    add(observer.takeRecords())
    return shifts
  })

/** Returns the row with the focus, and whether it is visible. */
const focus = (page: Page) =>
  page.evaluate(() => {
    const element = window.document.activeElement as HTMLElement
    const { left, top, width, height } = element.getBoundingClientRect()
    const there = window.document.elementFromPoint(left + width / 2, top + height / 2)
    const isSeen = there !== null && (element.contains(there) || (there.closest('tr')?.contains(element) ?? false))
    return { index: Number(element.closest('tbody tr')?.getAttribute('aria-rowindex') ?? 0), isSeen }
  })

async function rowsPassed(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<number[]> {
  const passed: number[] = []
  for (let press = 0; press < 600; press++) {
    const { index, isSeen } = await focus(page)
    if (index === 0) return passed
    assert.ok(isSeen, `the focus in row ${index} is not visible`)
    if (passed.at(-1) !== index) passed.push(index)
    await page.keyboard.press(key)
  }
  return passed
}

const upTo = (last: number) => Array.from({ length: last - 1 }, (_, index) => index + 2)

describeInBrowser('a long list', () => {
  for (const [where, width] of [
    ['on a desktop', 1280],
    ['on a phone', 360],
  ] as const)
    test(`renders only visible rows without layout shifts, ${where}`, async () => {
      const page = await visit(`${ofRobot}&size=100`, { width })
      const table = page.getByRole('table', { name: 'Tokens' })
      assert.equal(await table.getAttribute('aria-rowcount'), '101')
      assert.ok((await drawn(page)) < 45, `${await drawn(page)} rows`)
      assert.equal(await row(page, 'job 100').getAttribute('aria-rowindex'), '101')
      await page.locator('tr[aria-rowindex="52"]').waitFor({ state: 'detached' })
      assert.equal(await shiftsWhileScrolling(page), 0)
      await page.reload()
      await page.locator('tbody tr[aria-rowindex="2"]').waitFor()
      await page.waitForFunction(() => {
        // Repeated, because the last rows can be higher than estimated.
        scrollTo(0, window.document.documentElement.scrollHeight)
        const last = window.document.querySelector('tr[aria-rowindex="101"]')
        return (last?.getBoundingClientRect().bottom ?? Number.POSITIVE_INFINITY) <= innerHeight
      })
      await page.locator('tr[aria-rowindex="52"]').waitFor({ state: 'detached' })
      assert.ok((await drawn(page)) < 45, `${await drawn(page)} rows`)
      const names = await page
        .locator('tbody tr[aria-rowindex]')
        .evaluateAll((rows) =>
          rows.map((each) => [each.getAttribute('aria-rowindex'), /job (\d+)/.exec(each.textContent ?? '')?.[1]]),
        )
      for (const [index, name] of names) assert.equal(Number(index) - 1, Number(name))
    })

  test('has 25, 50 or 100 entries per page, as set in the URL', async () => {
    const page = await shown.visit(`${report}&page=2`)
    await row(page, 'job 026').waitFor()
    await choose(page, 'Entries per page', '50 per page')
    await row(page, 'job 050').waitFor()
    assert.match(page.url(), /size=50/)
    assert.doesNotMatch(page.url(), /page=/)
    await page.getByRole('button', { name: 'next page' }).click()
    await row(page, 'job 051').waitFor()
    assert.ok(await page.getByRole('heading', { level: 1 }).isVisible())
    await page.goto(`${report}&size=1000`)
    await row(page, 'job 025').waitFor()
    assert.equal(await page.locator('tbody tr').count(), 25)
    await page.goto(`${report}&page=9`)
    await page.getByText('This page is empty').waitFor()
    await page.getByRole('button', { name: 'Go to the first page' }).click()
    await row(page, 'job 001').waitFor()
  })

  test('can be walked row by row in both directions, with a visible focus', async () => {
    const page = await visit(`${report}&size=50`)
    await row(page, 'job 001').getByRole('checkbox').check()
    await row(page, 'job 001').getByRole('checkbox').focus()
    assert.deepEqual(await rowsPassed(page, 'Tab'), upTo(51))
    await page.keyboard.press('Shift+Tab')
    assert.deepEqual(await rowsPassed(page, 'Shift+Tab'), upTo(51).reverse())

    // The focused row and its neighbors stay rendered when scrolled away.
    await row(page, 'job 001').getByRole('checkbox').focus()
    await page.evaluate(() => scrollTo(0, window.document.documentElement.scrollHeight))
    await row(page, 'job 049').waitFor()
    assert.equal((await focus(page)).index, 2)
    for (let press = 0; press < 4; press++) await page.keyboard.press('Tab')
    assert.deepEqual(await focus(page), { index: 3, isSeen: true })
  })

  test('shows all names of a team that needs several requests', async () => {
    const { call, prepared } = shown.authority
    for (let number = 1; number <= 110; number++) {
      const body = document('users', { email: `person-${number}@example.org` })
      await call('POST', `/accounts/${prepared.account}/actions/invite`, { body })
    }
    const members: (readonly [string, string])[] = []
    for (const number of [1, 2])
      for (const { id } of (await call('GET', `/users?page[size]=100&page[number]=${number}`)).json.data)
        members.push(['users', id])
    const body = document('teams', { name: 'everybody' }, { users: members })
    const team = (await call('POST', '/teams', { body })).json.data.id
    const page = await visit(`/${prepared.account}/iam/teams/${team}`)
    assert.ok((await drawn(page)) < 45)
    // The owner is a member too, and can be the last one.
    const last = page.locator('tr[aria-rowindex="112"]')
    await last.getByText(/@/).first().waitFor()
  })

  test('keeps the selection while scrolling and paging', async () => {
    const page = await visit(`${report}&size=100`)
    await row(page, 'job 001').getByRole('checkbox').check()
    // By key, because rows move until those above them are rendered.
    await row(page, 'job 100').getByRole('checkbox').press('Space')
    await row(page, 'job 050').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'next page' }).click()
    await row(page, 'job 130').getByRole('checkbox').check()
    await page.getByText('3 tokens selected').waitFor()
    await page.getByRole('button', { name: 'previous page' }).click()
    assert.ok(await row(page, 'job 001').getByRole('checkbox').isChecked())
    assert.ok(await row(page, 'job 100').getByRole('checkbox').isChecked())
    assert.deepEqual(await violationsInAllThemes(page, 'long-list-selected'), [])
    await page.evaluate(() => scrollTo(0, 2000))
    assert.deepEqual(await violationsInAllThemes(page, 'long-list-middle'), [])
  })
})

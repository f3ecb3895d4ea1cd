/** Bulk revocation of all matching tokens, across pages: complete, stopped and interrupted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Page, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document, type Machine, machine } from '../testing/kit.ts'

let report = ''
let robot: Machine

const shown = sharedConsole(async (console) => {
  report = `/${console.authority.prepared.account}/token-report?sort=name`
  robot = await machine(console.authority, 'robot')
})

async function mint(kind: string, count: number): Promise<readonly string[]> {
  const ids: string[] = []
  for (let number = 1; number <= count; number++) {
    const body = document('access-tokens', { name: `${kind} ${String(number).padStart(3, '0')}`, 'expires-in': 60 })
    const made = await shown.authority.call('POST', `/service-accounts/${robot.id}/access-tokens`, { body })
    ids.push(made.json.data.id)
  }
  return ids
}

/** Returns the number of tokens that are left. */
const left = async (kind: string): Promise<number> =>
  (await shown.authority.call('GET', `/reports/access-tokens?query=${kind}`)).json.meta.pagination['total-count']

/** Selects the page, then all matching tokens. */
async function selectAll(page: Page, count: number): Promise<void> {
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  await page.getByText('25 tokens selected').waitFor()
  await page.getByRole('button', { name: `Select all ${count} matching tokens` }).click()
  await page.getByText(`${count} tokens selected`).waitFor()
}

async function agree(page: Page, count: number): Promise<void> {
  await page.getByRole('button', { name: 'Revoke selected' }).click()
  const dialog = page.getByRole('dialog', { name: `Revoke ${count} tokens?` })
  await dialog.getByText(`and ${count - 8} more`).waitFor()
  await dialog.getByRole('textbox').fill(String(count))
  await dialog.getByRole('button', { name: `Revoke ${count} tokens` }).click()
}

/** Delays deletions from the given one on until they are released. */
async function holdFrom(page: Page, first: number) {
  const held: (() => void)[] = []
  let isHeld = true
  let requestCount = 0
  let atOnce = 0
  let most = 0
  await page.route('**/access-tokens/*', async (route) => {
    if (route.request().method() !== 'DELETE') return route.continue()
    atOnce++
    most = Math.max(most, atOnce)
    if (++requestCount >= first && isHeld) await new Promise<void>((go) => void held.push(go))
    await route.continue().catch(() => undefined)
    atOnce--
  })
  const release = () => {
    isHeld = false
    for (const go of held.splice(0)) go()
  }
  return { release, requestCount: () => requestCount, most: () => most }
}

describeInBrowser('the selection of all matching tokens', () => {
  test('includes other pages and is revoked, except for a failed token, which stays selected', async () => {
    const ids = await mint('ending', 130)
    await mint('other', 3)
    const page = await shown.visit(`${report}&q=ending`)
    await selectAll(page, 130)
    assert.deepEqual(await violationsInAllThemes(page, 'token-report-all-selected'), [])
    await page.setViewportSize({ width: 1280, height: 800 })
    const bad = ids[60]
    await page.route(`**/access-tokens/${bad}`, (route) =>
      route.fulfill({ status: 409, json: { errors: [{ status: '409', title: 'Conflict', detail: 'Not this one.' }] } }),
    )
    await agree(page, 130)
    const dialog = page.getByRole('dialog', { name: '1 token not revoked' })
    await dialog.getByText('129 tokens revoked.').waitFor()
    await dialog.getByText('Not this one.').waitFor()
    await dialog.getByText('ending 061').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('1 token selected').waitFor()
    assert.equal(await left('ending'), 1)
    assert.equal(await left('other'), 3)
  })

  test('can be canceled while loading, and is limited to 1,000 tokens', async () => {
    await mint('gather', 30)
    const page = await shown.visit(`${report}&q=gather`)
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
    let isLost = true
    let go: (() => void) | undefined
    await page.route('**/reports/access-tokens?*size%5D=100*', async (route) => {
      if (isLost) return route.abort()
      await new Promise<void>((done) => {
        go = done
      })
      await route.continue().catch(() => undefined)
    })
    await page.getByRole('button', { name: 'Select all 30 matching tokens' }).click()
    await page.getByText('The server did not respond. No more tokens were selected.').waitFor()
    isLost = false
    await page.getByRole('button', { name: 'Select all 30 matching tokens' }).click()
    await page.getByText('0 of 30 found').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    go?.()
    await page.getByText('25 tokens selected').waitFor()

    await page.route('**/reports/access-tokens?*size%5D=25*', async (route) => {
      const answer = await route.fetch()
      const json = (await answer.json()) as { meta: { pagination: Record<string, number>; search?: object } }
      const isSearch = route.request().url().includes('query=')
      json.meta.pagination['total-count'] = isSearch ? 1_001 : 10_001
      if (isSearch) json.meta.search = { 'is-complete': false, 'searched-rows': 50_000 }
      await route.fulfill({ response: answer, json })
    })
    await page.reload()
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
    await page.getByRole('button', { name: 'Select the first 1,000 matching tokens' }).waitFor()
    await page.getByText('Up to 1,000 at a time.').waitFor()
    await page.getByText('More than 1,000 entries').waitFor()
    await page.getByText('This list is too long to search completely.').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'token-report-too-many'), [])
    await page.getByRole('button', { name: 'Clear search' }).click()
    await page.getByText('More than 10,000 entries').waitFor()
  })

  test('is revoked a few at a time, and stopping keeps the rest', async () => {
    await mint('stopped', 30)
    const page = await shown.visit(`${report}&q=stopped`)
    const held = await holdFrom(page, 13)
    await selectAll(page, 30)
    await agree(page, 30)
    await page.getByText('12 of 30').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-end-tokens-busy'), [])
    await page
      .locator(':focus')
      .and(page.getByRole('button', { name: 'Stop' }))
      .waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Stopping…' }).waitFor()
    held.release()
    await page.getByRole('dialog', { name: '14 tokens not revoked' }).waitFor()
    await page.getByText('16 tokens revoked. You stopped the operation. 14 tokens not attempted.').waitFor()
    assert.deepEqual([held.requestCount(), held.most()], [16, 4])
    assert.equal(await left('stopped'), 14)
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-end-tokens-stopped'), [])
    await page.keyboard.press('Enter')
    await page.getByText('14 tokens selected').waitFor()
  })

  test('is reported as far as known when the network fails', async () => {
    await mint('lost', 30)
    const page = await shown.visit(`${report}&q=lost`)
    const held = await holdFrom(page, 9)
    await selectAll(page, 30)
    await agree(page, 30)
    await page.getByText('8 of 30').waitFor()
    await page.context().setOffline(true)
    held.release()
    await page.getByRole('dialog', { name: '22 tokens not revoked' }).waitFor()
    await page.getByText('8 tokens revoked. The server became unreachable. 18 tokens not attempted.').waitFor()
    assert.equal(await page.getByText('The server did not respond. The token may or may not be revoked.').count(), 4)
    assert.equal(held.requestCount(), 12)
    await page.context().setOffline(false)
    await page.getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('22 tokens selected').waitFor()
  })

  test('is not revoked further after leaving the page', async () => {
    await mint('leaving', 30)
    const page = await shown.visit(`${report}&q=leaving`)
    const held = await holdFrom(page, 5)
    await page.getByRole('link', { name: 'Roles' }).click()
    await page.getByRole('heading', { level: 1, name: 'Roles' }).waitFor()
    await page.goBack()
    await selectAll(page, 30)
    await agree(page, 30)
    await page.getByText('4 of 30').waitFor()
    await page.goForward()
    held.release()
    await page.getByText('Revoked 8 of 30 tokens.').waitFor()
    assert.equal(held.requestCount(), 8)
    assert.equal(await left('leaving'), 22)
  })
})

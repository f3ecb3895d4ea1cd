/** All tokens that match, more than a page of them: selected together, deleted together, stopped, cut off. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barriersInAllLooks, type Page } from '../testing/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/in-browser.ts'
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

/** How many the server still has. */
const left = async (kind: string): Promise<number> =>
  (await shown.authority.call('GET', `/reports/access-tokens?query=${kind}`)).json.meta.pagination['total-count']

/** Everything of a kind, by way of the page, and the question before it is deleted. */
async function selectAll(page: Page, count: number): Promise<void> {
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  await page.getByText('25 tokens selected').waitFor()
  await page.getByRole('button', { name: `Select all ${count} that match` }).click()
  await page.getByText(`${count} tokens selected`).waitFor()
}

async function agree(page: Page, count: number): Promise<void> {
  await page.getByRole('button', { name: 'Delete selected' }).click()
  const dialog = page.getByRole('dialog', { name: `Delete ${count} tokens?` })
  await dialog.getByText(`and ${count - 8} more`).waitFor()
  await dialog.getByRole('textbox').fill(String(count))
  await dialog.getByRole('button', { name: `Delete ${count} tokens` }).click()
}

/** Deletions are held back from a certain one on, until they are let go. */
async function holdFrom(page: Page, first: number) {
  const held: (() => void)[] = []
  let isHeld = true
  let asked = 0
  let atOnce = 0
  let most = 0
  await page.route('**/access-tokens/*', async (route) => {
    if (route.request().method() !== 'DELETE') return route.continue()
    atOnce++
    most = Math.max(most, atOnce)
    if (++asked >= first && isHeld) await new Promise<void>((go) => void held.push(go))
    await route.continue().catch(() => undefined)
    atOnce--
  })
  const letGo = () => {
    isHeld = false
    for (const go of held.splice(0)) go()
  }
  return { letGo, asked: () => asked, most: () => most }
}

describeInBrowser('everything that matches', () => {
  test('is selected past the page, and deleted but for one that fails, which stays selected', async () => {
    const ids = await mint('ending', 130)
    await mint('other', 3)
    const page = await shown.visit(`${report}&q=ending`)
    await selectAll(page, 130)
    assert.deepEqual(await barriersInAllLooks(page, 'token-report-all-selected'), [])
    await page.setViewportSize({ width: 1280, height: 800 })
    const bad = ids[60]
    await page.route(`**/access-tokens/${bad}`, (route) =>
      route.fulfill({ status: 409, json: { errors: [{ status: '409', title: 'Conflict', detail: 'Not this one.' }] } }),
    )
    await agree(page, 130)
    const told = page.getByRole('dialog', { name: '1 token not deleted' })
    await told.getByText('129 tokens deleted.').waitFor()
    await told.getByText('Not this one.').waitFor()
    await told.getByText('ending 061').waitFor()
    await told.getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('1 token selected').waitFor()
    assert.equal(await left('ending'), 1)
    assert.equal(await left('other'), 3)
    await page.context().close()
  })

  test('is gathered only as long as one wants, and at most a thousand at once', async () => {
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
    await page.getByRole('button', { name: 'Select all 30 that match' }).click()
    await page.getByText('The server did not answer. Nothing more was selected.').waitFor()
    isLost = false
    await page.getByRole('button', { name: 'Select all 30 that match' }).click()
    await page.getByText('0 of 30 found').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    go?.()
    await page.getByText('25 tokens selected').waitFor()

    await page.route('**/reports/access-tokens?*size%5D=25*', async (route) => {
      const answer = await route.fetch()
      const json = (await answer.json()) as { meta: { pagination: Record<string, number> } }
      json.meta.pagination['total-count'] = 3120
      await route.fulfill({ response: answer, json })
    })
    await page.reload()
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
    await page.getByRole('button', { name: 'Select the first 1,000 of 3,120 that match' }).waitFor()
    await page.getByText('1,000 at once at most.').waitFor()
    assert.deepEqual(await barriersInAllLooks(page, 'token-report-too-many'), [])
    await page.context().close()
  })

  test('is deleted a few at a time, and the rest stays when one stops it', async () => {
    await mint('stopped', 30)
    const page = await shown.visit(`${report}&q=stopped`)
    const held = await holdFrom(page, 13)
    await selectAll(page, 30)
    await agree(page, 30)
    await page.getByText('12 of 30').waitFor()
    assert.deepEqual(await barriersInAllLooks(page, 'dialog-end-tokens-busy'), [])
    await page
      .locator(':focus')
      .and(page.getByRole('button', { name: 'Stop' }))
      .waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Stopping…' }).waitFor()
    held.letGo()
    await page.getByRole('dialog', { name: '14 tokens not deleted' }).waitFor()
    await page.getByText('16 tokens deleted. You stopped it. 14 tokens not tried.').waitFor()
    assert.deepEqual([held.asked(), held.most()], [16, 4])
    assert.equal(await left('stopped'), 14)
    assert.deepEqual(await barriersInAllLooks(page, 'dialog-end-tokens-stopped'), [])
    await page.keyboard.press('Enter')
    await page.getByText('14 tokens selected').waitFor()
    await page.context().close()
  })

  test('is told as far as it is known when the network is lost', async () => {
    await mint('lost', 30)
    const page = await shown.visit(`${report}&q=lost`)
    const held = await holdFrom(page, 9)
    await selectAll(page, 30)
    await agree(page, 30)
    await page.getByText('8 of 30').waitFor()
    await page.context().setOffline(true)
    held.letGo()
    await page.getByRole('dialog', { name: '22 tokens not deleted' }).waitFor()
    await page
      .getByText('8 tokens deleted. Then the server could not be reached any more. 18 tokens not tried.')
      .waitFor()
    assert.equal(await page.getByText('The server did not answer: it may be deleted or not.').count(), 4)
    assert.equal(held.asked(), 12)
    await page.context().setOffline(false)
    await page.getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('22 tokens selected').waitFor()
    await page.context().close()
  })

  test('is not deleted on by a page that was left', async () => {
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
    held.letGo()
    await page.getByText('Deleted 8 of 30 tokens.').waitFor()
    assert.equal(held.asked(), 8)
    assert.equal(await left('leaving'), 22)
    await page.context().close()
  })
})

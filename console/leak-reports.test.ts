/** Leak reports and webhooks in a real browser. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { githubReporter } from '../authority/leaks/reporters.ts'
import { findInBrowser, type Page, violationsAt, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { signedReport } from '../testing/github-report.ts'
import { document, type Machine, machine } from '../testing/kit.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const reporters = [githubReporter(undefined, { public_keys: [{ key_identifier: 'one', key, is_current: true }] })]

let list = ''
let robot: Machine

const shown = sharedConsole(
  async ({ authority }) => {
    const { call, prepared } = authority
    list = `/${prepared.account}/leak-reports`
    robot = await machine(authority, 'robot', { permissions: ['*:read'], scope: ['accounts', prepared.account] })
    await call('PATCH', '/leak-rules', { body: document('leak-rules', { public: 'notify' }) })
  },
  { reporters, allowPrivateWebhooks: true },
)

const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })
const accepted = async (token: string) => (await shown.authority.call('GET', '/access-tokens/self', { token })).status

async function mint(name: string): Promise<string> {
  const path = `/service-accounts/${robot.id}/access-tokens`
  return (await shown.authority.call('POST', path, { body: document('access-tokens', { name }) })).json.data.attributes
    .token
}

/** Reports a leak like GitHub does. Returns the ID of the report. */
async function leak(token: string): Promise<string> {
  const url = 'https://git.example.com/org/repo/blob/abc/deploy.sh'
  const body = JSON.stringify([{ token, type: 'mintmark_token', url, source: 'content' }])
  const answer = await shown.authority.call('POST', '/leaks/github', signedReport(body, privateKey))
  assert.equal(answer.status, 200, answer.text)
  return (await shown.authority.call('GET', `/leak-reports?query=${token.slice(-6)}`)).json.data[0].id
}

describeInBrowser('leak reports', () => {
  test('the page without reports has no accessibility violations', async () => {
    assert.deepEqual(await violationsAt(shown, list, 'leak-reports-none'), [])
  })

  test('a report shows the location and the activity since the leak, and containing it revokes compromised tokens too', async () => {
    const [leaked, sibling, spared] = [await mint('leaked'), await mint('sibling'), await mint('spared')]
    const { call } = shown.authority
    const id = await leak(leaked)
    for (const token of [leaked, sibling]) await call('GET', '/ping', { token, remoteAddress: '203.0.113.7' })
    const page = await shown.visit(list)
    await row(page, 'leaked').getByText('Active').waitFor()
    await page.getByRole('link', { name: 'git.example.com/org/repo/blob/abc/deploy.sh' }).click()
    await page.getByRole('heading', { level: 1, name: /leaked/ }).waitFor()
    // Token activity is written in batches, within a second.
    await retried(async () => {
      await page.reload()
      await row(page, 'sibling').waitFor({ timeout: 1_500 })
      await page.getByText('New network').first().waitFor()
    })
    assert.deepEqual(await violationsInAllThemes(page, 'leak-report'), [])
    assert.ok(await page.getByRole('radio', { name: 'Tokens used from the same new networks' }).isChecked())
    await page.getByRole('button', { name: 'Revoke…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(`sibling (…${sibling.slice(-6)})`).waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-contain'), [])
    await dialog.getByRole('button', { name: 'Revoke now', exact: true }).click()
    await page.getByText('Leak contained.').waitFor()
    await page.getByText('Inactive', { exact: true }).first().waitFor()
    assert.deepEqual([await accepted(leaked), await accepted(sibling), await accepted(spared)], [401, 401, 200])

    // Assign, note and resolve it.
    await page.getByRole('combobox', { name: 'State' }).click()
    await page.getByRole('option', { name: 'Resolved: Token revoked' }).click()
    await page.getByRole('combobox', { name: 'Assignee' }).click()
    await page.getByRole('option').first().click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved the leak report.').waitFor()
    const note = page.getByLabel('New note')
    await note.fill(`It was ${spared}`)
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByText('This contains an API token.').waitFor()
    await note.fill('Removed from\nthe history.')
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByRole('region', { name: 'Notes' }).getByText('Removed from').waitFor()
    assert.equal(await note.inputValue(), '')
    assert.deepEqual(await violationsInAllThemes(page, 'leak-report-resolved'), [])
    await page.getByRole('link', { name: 'Leak reports', exact: true }).last().click()
    await page.getByText('No open leak reports').waitFor()
    await page.getByText('Resolved', { exact: true }).click()
    await row(page, 'leaked').getByText('Resolved: Token revoked').waitFor()
    await page.getByRole('combobox', { name: 'Assignee' }).click()
    await page.getByRole('option', { name: 'Nobody' }).click()
    await page.getByText('No results').waitFor()
    await page.getByRole('combobox', { name: 'Assignee' }).click()
    await page.getByRole('option', { name: 'Me', exact: true }).click()
    await row(page, 'leaked').waitFor()
    await page.goto(`${list}/${id}`)
    await page.getByRole('radio', { name: 'This token' }).check()
    const end = page.getByRole('button', { name: 'Revoke…' })
    assert.equal(await end.getAttribute('aria-disabled'), 'true')
  })

  test('revoking all tokens of an owner requires typing their name', async () => {
    const leaked = await mint('second')
    const id = await leak(leaked)
    const page = await shown.visit(`${list}/${id}`)
    await page.getByRole('radio', { name: /All tokens of its owner/ }).check()
    await page.getByRole('button', { name: 'Revoke…' }).click()
    const dialog = page.getByRole('dialog')
    const revoke = dialog.getByRole('button', { name: 'Revoke now', exact: true })
    assert.ok(await revoke.isDisabled())
    await dialog.getByRole('textbox').fill(robot.email)
    await revoke.click()
    await page.getByText('Leak contained.').waitFor()
    assert.deepEqual([await accepted(leaked), await accepted(robot.token)], [401, 401])
  })

  test('anyone can report a token with the URL at which it was found, and gets an error for text without a token', async () => {
    const page = await shown.visit('/leaks', { ownContext: true })
    const text = page.getByLabel('Text that contains the token')
    const submit = page.getByRole('button', { name: 'Revoke token' })
    assert.deepEqual(await violationsInAllThemes(page, 'report-token'), [])
    await page.setViewportSize({ width: 360, height: 740 })
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360)
    await text.fill('my password')
    await submit.click()
    await page.getByRole('alert').getByText('No token was found in this text.').waitFor()
    assert.ok(await text.evaluate((field) => field.matches(':focus')))
    assert.deepEqual(await violationsInAllThemes(page, 'report-token-error'), [])
    const found = await mint('found')
    await text.fill(`TOKEN=${found}`)
    await page.getByLabel(/^Where did you find it/).fill('https://example.com/pastes/1')
    await submit.click()
    await page.getByRole('status').getByText('1 token was received.').waitFor()
    assert.equal(await page.locator('header img').evaluate((logo) => (logo as HTMLImageElement).naturalWidth > 0), true)
    assert.deepEqual(await violationsInAllThemes(page, 'report-token-received'), [])
    assert.equal(await accepted(found), 401)
    const reports = await shown.visit(list)
    await row(reports, 'found').getByText('example.com/pastes/1').waitFor()
  })

  test('a webhook shows its secret once and can be tested, rotated, disabled and deleted', async () => {
    const page = await shown.visit(list)
    await page.getByRole('link', { name: 'Webhooks' }).click()
    await page.getByText('No webhooks yet').waitFor()
    await page.getByRole('button', { name: 'Add webhook' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('URL').fill('http://alerts.example.com/')
    await dialog.getByRole('button', { name: 'Add webhook' }).click()
    await dialog.getByText('Expected an https URL').waitFor()
    await dialog.getByRole('switch', { name: 'All notifications' }).uncheck()
    const kinds = dialog
      .getByRole('textbox', { name: 'Notification types' })
      .or(dialog.getByRole('combobox', { name: 'Notification types' }))
    await kinds.click()
    await page.getByRole('option', { name: 'A webhook was disabled after repeated failures' }).waitFor()
    // Open dropdowns are outside of the page landmarks.
    const barriers = async (name: string) =>
      (await violationsInAllThemes(page, name)).filter((each) => !each.includes('TagsInput-dropdown'))
    assert.deepEqual(await barriers('dialog-webhook-kinds'), [])
    await page.getByRole('option', { name: 'webhook.disabled' }).click()
    await kinds.fill('still.to-come')
    await kinds.press('Enter')
    assert.deepEqual(await barriers('dialog-add-webhook'), [])
    await dialog.getByLabel('URL').fill('https://127.0.0.1:1/hook')
    await dialog.getByRole('button', { name: 'Add webhook' }).click()
    const first = await savedSecret(page, 'dialog-webhook-secret')
    assert.match(first, /^whsec_/)
    await row(page, 'token.leaked, webhook.disabled, still.to-come').waitFor()
    assert.deepEqual(await findInBrowser(page, first), [])

    await page.getByRole('button', { name: 'Test https://127.0.0.1:1/hook' }).click()
    await row(page, 'token.leaked').getByText('Testing…').waitFor()
    await row(page, 'token.leaked').getByText('Connection refused').waitFor()
    await page.getByText('The test notification to https://127.0.0.1:1/hook failed. Connection refused.').waitFor()
    await page.getByRole('button', { name: 'Rotate secret of https://127.0.0.1:1/hook' }).click()
    await dialog.getByRole('button', { name: 'Rotate secret' }).click()
    const second = await savedSecret(page)
    assert.notEqual(first, second)
    assert.deepEqual(await findInBrowser(page, second), [])

    await page.getByRole('button', { name: 'Edit https://127.0.0.1:1/hook' }).click()
    await dialog.getByRole('switch', { name: 'Active' }).uncheck()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('row').getByText('Disabled', { exact: true }).waitFor()
    assert.equal(await page.getByRole('button', { name: /^Test/ }).getAttribute('aria-disabled'), 'true')
    assert.deepEqual(await violationsInAllThemes(page, 'webhooks'), [])
    await page.getByRole('button', { name: /^Delete/ }).click()
    await dialog.getByRole('button', { name: 'Delete webhook' }).click()
    await page.getByText('No webhooks yet').waitFor()
  })
})

async function savedSecret(page: Page, name?: string): Promise<string> {
  const secret = (await page.getByLabel('webhook secret', { exact: true }).textContent()) ?? ''
  if (name) assert.deepEqual(await violationsInAllThemes(page, name), [])
  await page.getByLabel('I have saved this secret').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('dialog').first().waitFor({ state: 'detached' })
  return secret
}

async function retried(work: () => Promise<void>, times = 4): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (times === 0) throw error
    await retried(work, times - 1)
  }
}

/** The setup page for GitHub secret scanning, in a real browser. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { findInBrowser, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'

let path = ''

const shown = sharedConsole(({ authority }) => {
  path = `/${authority.prepared.account}/github-secret-scanning`
})

describeInBrowser('GitHub secret scanning', () => {
  test('the fields show the values of the server, in both variants, and can be copied', async () => {
    const page = await shown.visit(path, { ownContext: true })
    const served = (await shown.authority.call('GET', '/leaks/patterns?format=github', { token: null })).text
    const field = async (name: string) => (await page.getByLabel(name, { exact: true }).textContent()) ?? ''
    await page.getByLabel('Secret format', { exact: true }).waitFor()
    await page.getByText('GitHub cannot send reports to this URL').waitFor()
    for (const name of ['Pattern name', 'Secret format', 'Before secret', 'After secret', 'Test string']) {
      const value = await field(name)
      assert.ok(value !== '' && served.split('\n').includes(value), name)
    }
    assert.equal(
      await field('Secret format'),
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\\.eyJpc3MiOiJzY2Fscj[a-zA-Z0-9_-]*\\.[a-zA-Z0-9_-]*',
    )
    await page.getByText('Strict', { exact: true }).click()
    await page.waitForURL(/form=strict/)
    const strict = (await shown.authority.call('GET', '/leaks/patterns?format=github-strict', { token: null })).text
    assert.ok(strict.split('\n').includes(await field('Secret format')))
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy before secret' }).click()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '\\A|[^0-9A-Za-z]')
  })

  test('a pasted token is found, a truncated one is explained, and the text is neither sent nor stored', async () => {
    const { token } = shown.authority.prepared
    const page = await shown.visit(path)
    const sent: string[] = []
    page.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')))
    const box = page.getByLabel('Text to check')
    await box.fill(`export TOKEN=${token}`)
    await page.getByText('Token found').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'github-secret-scanning-found'), [])
    await box.fill(token.slice(3))
    await page.getByText('The header is missing.').waitFor()
    await box.fill(token.split('.').slice(0, 2).join('.'))
    await page.getByText('the signature after the second dot is missing').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'github-secret-scanning-missing'), [])
    await box.fill(token)
    await page.getByRole('button', { name: 'Clear' }).click()
    const secret = token.split('.')[2] as string
    assert.deepEqual(await findInBrowser(page, secret), [])
    assert.ok(sent.every((each) => !each.includes(secret)))
    await page.getByRole('button', { name: 'Use the test string' }).click()
    await page.getByText('Token found').waitFor()
  })

  test('rule files for other scanners can be downloaded', async () => {
    const page = await shown.visit(path)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'gitleaks' }).click(),
    ])
    assert.equal(download.suggestedFilename(), 'gitleaks.toml')
    assert.match(readFileSync(await download.path(), 'utf8'), /id = "mintmark-token"/)
  })
})

/** The security rules and the settings of an account, in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptAsNew } from '../testing/browser.ts'
import { choose, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document } from '../testing/kit.ts'

let path = ''

const shown = sharedConsole(({ authority }) => {
  path = `/${authority.prepared.account}/security-rules`
})

const rules = async (which: 'security-rules' | 'leak-rules') =>
  (await shown.authority.call('GET', `/${which}`)).json.data.attributes

describeInBrowser('security rules', () => {
  test('a limit is set in days, validated, and applies at once', async () => {
    const page = await shown.visit(path)
    const personal = page.getByRole('group', { name: 'Personal access tokens' })
    await personal.getByText('No limit.').waitFor()
    const save = page.getByRole('button', { name: 'Save security rules' })
    assert.ok(await save.isDisabled(), 'nothing was changed')
    await personal.getByRole('switch').check()
    await personal.getByLabel('Personal access tokens: amount').fill('400')
    await personal.getByText('Maximum: 365 days.').waitFor()
    assert.ok(await save.isDisabled())
    assert.deepEqual(await violationsInAllThemes(page, 'security-rules-wrong'), [])
    await personal.getByLabel('Personal access tokens: amount').fill('30')
    await page.getByRole('switch', { name: 'Require owners for service accounts' }).check()
    await save.click()
    await page.getByText('Saved the security rules.').waitFor()
    assert.partialDeepStrictEqual(await rules('security-rules'), {
      'max-personal-token-lifetime': 43_200,
      'max-service-account-token-lifetime': null,
      'require-owners-for-service-accounts': true,
    })
    await page.goto('/profile')
    await page.getByRole('button', { name: 'Create token' }).click()
    await page.getByText('Your account allows at most 30 days.').waitFor()
  })

  test('the action for leaked tokens is configured by visibility and by source', async () => {
    const page = await shown.visit(path)
    await choose(page, 'Private locations', 'Expire after an overlap')
    await page.getByLabel('Overlap: amount').fill('2')
    await page.getByRole('button', { name: 'Add exception' }).click()
    await page.getByRole('combobox', { name: 'Source 1' }).fill('gitlab')
    await page.getByRole('option', { name: 'GitLab' }).click()
    await page.getByRole('heading', { level: 1 }).hover()
    assert.deepEqual(await violationsInAllThemes(page, 'security-rules-exception'), [])
    await page.getByRole('button', { name: 'Save leak rules' }).click()
    await page.getByText('Saved the leak rules').waitFor()
    assert.partialDeepStrictEqual(await rules('leak-rules'), {
      public: 'revoke',
      private: 'rotate',
      overlap: 2_880,
      sources: [{ source: 'gitlab', confidence: null, action: 'revoke' }],
    })
  })

  test('the settings rename the account, check networks by line and before the user is locked out, and transfer the ownership', async () => {
    const { account } = shown.authority.prepared
    const stored = async () => (await shown.authority.call('GET', `/accounts/${account}`)).json.data.attributes
    const invited = await shown.authority.call('POST', `/accounts/${account}/actions/invite`, {
      body: document('users', { email: 'heir@mintmark.internal' }),
    })
    const heir: string = invited.json.data.relationships.user.data.id
    await acceptAsNew(shown.authority, heir)
    const page = await shown.visit(`/${account}/settings`)
    await page.getByLabel('Name').fill(' Platform ')
    await page.getByRole('button', { name: 'Save name' }).click()
    await page.getByText('Saved the name of the account.').waitFor()
    await page.getByRole('navigation', { name: 'Main' }).getByText('Platform').waitFor()
    assert.equal((await stored()).name, 'Platform')

    const networks = page.getByRole('textbox', { name: 'Networks' })
    await networks.fill('192.0.2.0/24\n2001:db8::/32\n10.0.0.1/8')
    await page.getByRole('button', { name: 'Save networks' }).click()
    await page.getByText('Line 3: 10.0.0.1/8 is not a network such as 203.0.113.0/24.').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'settings-wrong'), [])
    await networks.fill('192.0.2.0/24\n2001:db8::/32')
    // The browser of this test is on the machine of the server, which always has access.
    await page.route(`**/accounts/${account}`, (route) => {
      const body = route.request().postData() ?? ''
      if (!body.includes('192.0.2.0/24') || body.includes('confirm-lockout-from')) return route.continue()
      const errors = [{ status: '422', code: 'lockout', source: { pointer: '/data/attributes/allowed-ips' } }]
      return route.fulfill({ status: 422, contentType: 'application/vnd.api+json', body: JSON.stringify({ errors }) })
    })
    await page.getByRole('button', { name: 'Save networks' }).click()
    const dialog = page.getByRole('dialog', { name: 'Lock yourself out?' })
    assert.ok(await dialog.getByRole('button', { name: 'Save and lose access' }).isDisabled())
    await dialog.getByLabel('I will lose access from 127.0.0.1').check()
    await dialog.getByRole('button', { name: 'Save and lose access' }).click()
    await page.getByText('Saved the allowed networks.').waitFor()
    const { 'allowed-ips': ipv4, 'allowed-ipv6': ipv6 } = await stored()
    assert.deepEqual([ipv4, ipv6], [['192.0.2.0/24'], ['2001:db8::/32']])

    await choose(page, 'Owner', 'heir@mintmark.internal')
    await page.getByRole('button', { name: 'Transfer ownership' }).click()
    const transfer = page.getByRole('dialog', { name: 'Transfer ownership?' })
    await transfer.getByLabel('Type Platform to confirm').fill('Platform')
    await transfer.getByRole('button', { name: 'Transfer ownership' }).click()
    await transfer.waitFor({ state: 'detached' })
    const owner = await shown.authority.database.read.selectFrom('accounts').select('ownerId').executeTakeFirst()
    assert.equal(owner?.ownerId, heir)
  })
})

/** The security rules of an account, in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'

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
})

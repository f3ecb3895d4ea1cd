/** The rules of an account, changed in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barriersInAllLooks, choose } from '../testing/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/in-browser.ts'

let path = ''

const shown = sharedConsole(({ authority }) => {
  path = `/${authority.prepared.account}/security-rules`
})

const rules = async (which: 'security-rules' | 'leak-rules') =>
  (await shown.authority.call('GET', `/${which}`)).json.data.attributes

describeInBrowser('security rules', () => {
  test('a limit is set in days, told when it is too long, and counts at once', async () => {
    const page = await shown.visit(path)
    const personal = page.getByRole('group', { name: 'Personal access tokens' })
    await personal.getByText('They may live without end.').waitFor()
    const save = page.getByRole('button', { name: 'Save rules' })
    assert.ok(await save.isDisabled(), 'nothing was changed')
    await personal.getByRole('switch').check()
    await personal.getByLabel('Personal access tokens: how many').fill('400')
    await personal.getByText('At most 365 days.').waitFor()
    assert.ok(await save.isDisabled())
    assert.deepEqual(await barriersInAllLooks(page, 'security-rules-wrong'), [])
    await personal.getByLabel('Personal access tokens: how many').fill('30')
    await page.getByRole('switch', { name: 'Service accounts must have owners' }).check()
    await save.click()
    await page.getByText('Saved the rules.').waitFor()
    assert.partialDeepStrictEqual(await rules('security-rules'), {
      'max-personal-token-lifetime': 43_200,
      'max-service-account-token-lifetime': null,
      'require-owners-for-service-accounts': true,
    })
    await page.goto('/profile')
    await page.getByRole('button', { name: 'Generate token' }).click()
    await page.getByText('Your account allows at most 30 days.').waitFor()
    await page.context().close()
  })

  test('what follows when a token is found is chosen by place and by source', async () => {
    const page = await shown.visit(path)
    await choose(page, 'Where few can look', 'End it after an overlap')
    await page.getByLabel('Overlap: how many').fill('2')
    await page.getByRole('button', { name: 'Add exception' }).click()
    await page.getByRole('combobox', { name: 'Source 1' }).fill('gitlab')
    await page.getByRole('option', { name: 'GitLab' }).click()
    await page.getByRole('heading', { level: 1 }).hover()
    assert.deepEqual(await barriersInAllLooks(page, 'security-rules-exception'), [])
    await page.getByRole('button', { name: 'Save leak rules' }).click()
    await page.getByText('Saved what follows').waitFor()
    assert.partialDeepStrictEqual(await rules('leak-rules'), {
      public: 'revoke',
      private: 'rotate',
      overlap: 2_880,
      sources: [{ source: 'gitlab', confidence: null, answer: 'revoke' }],
    })
    await page.context().close()
  })
})

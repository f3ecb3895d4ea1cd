/** Environments, workspaces and variables in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, findInBrowser, type Page, violationsAt, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document, machine } from '../testing/kit.ts'

let list = ''
let environment = ''
let workspace = ''
let robot: Awaited<ReturnType<typeof machine>>

const shown = sharedConsole(async ({ authority }) => {
  const { call, prepared } = authority
  list = `/${prepared.account}/environments`
  robot = await machine(authority, 'robot')
  const made = await call('POST', '/environments', { body: document('environments', { name: 'production' }) })
  environment = made.json.data.id
  const inside = await call('POST', '/workspaces', {
    body: document('workspaces', { name: 'network' }, { environment: ['environments', environment] }),
  })
  workspace = inside.json.data.id
})

const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })

async function addVariable(page: Page, key: string, value: string) {
  await page.getByRole('button', { name: 'Add variable' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add variable' })
  await dialog.getByRole('textbox', { name: 'Key' }).fill(key)
  await dialog.getByRole('textbox', { name: 'Value' }).fill(value)
  return dialog
}

describeInBrowser('environments', () => {
  test('an environment and a workspace can be created, renamed, and deleted after typing their name', async () => {
    const page = await shown.visit(list)
    await page.getByRole('button', { name: 'Create environment' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('production')
    await dialog.getByRole('button', { name: 'Create environment' }).click()
    await dialog.getByText(/exists|taken|already/).waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-create-environment'), [])
    await dialog.getByLabel('Name').fill('staging')
    await dialog.getByRole('button', { name: 'Create environment' }).click()
    await page.getByRole('heading', { level: 1, name: 'staging' }).waitFor()
    await page.getByText('No workspaces yet').waitFor()

    await page.getByRole('button', { name: 'Create workspace' }).click()
    await dialog.getByLabel('Name').fill('no spaces')
    await dialog.getByRole('button', { name: 'Create workspace' }).click()
    await dialog.getByText('Expected letters, digits, dashes and underscores.').waitFor()
    await dialog.getByLabel('Name').fill('database')
    await dialog.getByRole('button', { name: 'Create workspace' }).click()
    await page.getByRole('heading', { level: 1, name: 'database' }).waitFor()
    await page.getByRole('button', { name: 'Rename' }).click()
    await dialog.getByLabel('Name').fill('databases')
    await dialog.getByRole('button', { name: 'Rename' }).click()
    await page.getByRole('heading', { level: 1, name: 'databases' }).waitFor()

    await page.getByRole('button', { name: 'Delete' }).click()
    const confirm = dialog.getByRole('button', { name: 'Delete workspace' })
    assert.ok(await confirm.isDisabled(), 'the name must be typed first')
    await dialog.getByLabel('Type databases to confirm').fill('databases')
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-delete-workspace'), [])
    await confirm.click()
    await page.getByRole('heading', { level: 1, name: 'staging' }).waitFor()
    await page.getByText('No workspaces yet').waitFor()

    await page.goto(list)
    await page.getByRole('button', { name: 'Delete staging' }).click()
    await dialog.getByLabel('Type staging to confirm').fill('staging')
    await dialog.getByRole('button', { name: 'Delete environment' }).click()
    await row(page, 'staging').waitFor({ state: 'detached' })
    const left = (await shown.authority.call('GET', '/environments?filter[name]=staging')).json.data
    assert.equal(left.length, 0)
  })

  test('a value that looks like a secret is sensitive by default, stays hidden, and is nowhere in the browser', async () => {
    const page = await shown.visit(`${list}/${environment}?tab=variables`)
    const addresses: string[] = []
    page.on('request', (request) => addresses.push(request.url()))
    const secret = ['hunter2', 'aVery', 'oddWord'].join('-')
    const dialog = await addVariable(page, 'region', 'eu-west-1')
    const sensitive = dialog.getByRole('switch', { name: 'Sensitive' })
    assert.equal(await sensitive.isChecked(), false)
    await dialog.getByRole('textbox', { name: 'Key' }).fill('DB_PASSWORD')
    assert.equal(await sensitive.isChecked(), true)
    await dialog.getByRole('textbox', { name: 'Value' }).fill(secret)
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-add-variable'), [])
    await dialog.getByRole('button', { name: 'Add variable' }).click()
    await row(page, 'DB_PASSWORD').getByText('Hidden').waitFor()
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual(await findInBrowser(page, secret), [])
    assert.ok(addresses.every((address) => !address.includes(secret)))

    await page.getByRole('button', { name: 'Edit DB_PASSWORD' }).click()
    const edit = page.getByRole('dialog', { name: 'Edit variable “DB_PASSWORD”' })
    assert.equal(await edit.getByRole('textbox', { name: 'Value' }).inputValue(), '')
    assert.ok(await edit.getByRole('switch', { name: 'Sensitive' }).isDisabled())
    await edit.getByRole('textbox', { name: 'Description' }).fill('Of the database.')
    await edit.getByRole('button', { name: 'Save' }).click()
    await row(page, 'Of the database.').waitFor()
    await page.getByRole('button', { name: 'Edit DB_PASSWORD' }).click()
    await edit.getByRole('textbox', { name: 'Value' }).fill('something plain')
    await edit.getByRole('switch', { name: 'Sensitive' }).uncheck()
    await edit.getByRole('button', { name: 'Save' }).click()
    await row(page, 'DB_PASSWORD').getByText('something plain').waitFor()
  })

  test('a Mintmark token is always stored as sensitive, and the list shows its owner until it is revoked', async () => {
    const { call } = shown.authority
    const page = await shown.visit(`${list}/${environment}/${workspace}`)
    const dialog = await addVariable(page, 'anything', robot.token)
    const sensitive = dialog.getByRole('switch', { name: 'Sensitive' })
    await dialog.getByText('The value contains an API token of this installation.').waitFor()
    assert.deepEqual([await sensitive.isChecked(), await sensitive.isDisabled()], [true, true])
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-add-variable-token'), [])
    await dialog.getByRole('button', { name: 'Add variable' }).click()
    await row(page, 'anything').getByText(robot.token.slice(-6)).waitFor()
    assert.deepEqual(await findInBrowser(page, robot.token), [])
    await row(page, 'anything').getByRole('link', { name: robot.email }).click()
    await page.getByRole('heading', { level: 1, name: 'robot' }).waitFor()
    const [token] = (await call('GET', `/service-accounts/${robot.id}/access-tokens`)).json.data
    await call('DELETE', `/access-tokens/${token.id}`)
    await page.goto(`${list}/${environment}/${workspace}`)
    await row(page, 'anything').getByText('Inactive', { exact: true }).waitFor()
    // Its name comes from the audit log now.
    await row(page, 'anything')
      .getByText(`test …${robot.token.slice(-6)}`)
      .waitFor()
  })

  test('a final variable that conflicts with narrower ones shows the error of the server, and is saved with override', async () => {
    const { call } = shown.authority
    await call('POST', '/vars', {
      body: document(
        'vars',
        { key: 'size', category: 'terraform', value: '3' },
        { workspace: ['workspaces', workspace] },
      ),
    })
    const page = await shown.visit(`${list}/${environment}?tab=variables`)
    const dialog = await addVariable(page, 'size', '5')
    await dialog.getByRole('switch', { name: 'Final' }).check()
    await dialog.getByRole('button', { name: 'Add variable' }).click()
    await dialog.getByText('Narrower scopes have variables with this key').waitFor()
    await dialog.getByLabel('Override existing variables in narrower scopes').check()
    await dialog.getByRole('button', { name: 'Add variable' }).click()
    await row(page, 'size').getByText('Final').waitFor()
    await page.getByRole('button', { name: 'Delete size' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete variable' }).click()
    await row(page, 'size').waitFor({ state: 'detached' })
  })

  test('inherited variables show their source and whether they apply', async () => {
    const { call } = shown.authority
    const [within, inside] = [
      { environment: ['environments', environment] },
      { workspace: ['workspaces', workspace] },
    ] as const
    for (const [key, category, place, final] of [
      ['zone', 'shell', {}],
      ['zone', 'shell', within],
      ['zone', 'terraform', inside],
      ['tier', 'env', {}],
      ['tier', 'shell', inside],
      ['limit', 'shell', inside],
      ['limit', 'shell', {}, true],
      ['plain', 'terraform', within],
    ] as const) {
      const body = document('vars', { key, category, value: 'x', final: final === true }, place)
      assert.equal((await call('POST', '/vars?force=true', { body })).status, 201)
    }
    const page = await shown.visit(`${list}/${environment}/${workspace}`)
    const inherited = page.getByRole('table', { name: 'Inherited variables' })
    const rows = async () => (await inherited.getByRole('row').allInnerTexts()).map((line) => line.replace(/\s+/g, ' '))
    await inherited.getByText('Yes, final').waitFor()
    // Until its name is loaded, the environment is shown by its id.
    await inherited.getByRole('link', { name: 'production' }).nth(1).waitFor()
    assert.deepEqual((await rows()).slice(2), [
      'limit Final x Shell Account main Yes, final: overrides this workspace',
      'plain x Terraform production Yes',
      'tier x Shell Account main No, overridden by this workspace',
      'zone x Shell Account main No, overridden by the environment',
      'zone x Shell production Yes',
    ])
    assert.equal(await inherited.getByRole('button').count(), 0, 'inherited variables are read-only')
    const breadcrumb = page.getByRole('navigation', { name: 'Breadcrumb' })
    assert.equal(await breadcrumb.textContent(), 'Environments / production')
    await page.getByRole('button', { name: 'Add variable' }).click()
    await page.getByRole('dialog').getByLabel('Sensitive').waitFor()
    assert.equal(await page.getByLabel('Final').count(), 0, 'nothing is narrower than a workspace')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.deepEqual(await violationsInAllThemes(page, 'workspace-inherited'), [])
    await page.getByLabel('Search variables').fill('plain')
    await row(page, 'tier').first().waitFor({ state: 'detached' })
    await inherited.getByRole('link', { name: 'production' }).click()
    await page.getByRole('heading', { level: 1, name: 'production' }).waitFor()
    await inherited.getByText('No, overridden by this environment').waitFor()
    await inherited.getByRole('link', { name: 'Account main' }).first().click()
    await page.getByText('These variables apply to every workspace of the account.').waitFor()
    assert.equal(await page.getByRole('heading', { name: 'Inherited' }).count(), 0)
  })

  test('a workspace shows who has access and where it is granted, and access can be granted there', async () => {
    const { call } = shown.authority
    await call('POST', '/teams', { body: document('teams', { name: 'Network admins' }) })
    const page = await shown.visit(`${list}/${environment}/${workspace}?tab=access`)
    const access = page.getByRole('table', { name: 'Who has access' })
    await access.getByText('Account main').waitFor()
    await page.getByRole('button', { name: 'Grant access' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add access policy' })
    await dialog.getByRole('radio', { name: 'Workspace' }).and(page.locator(':checked')).waitFor({ state: 'attached' })
    await choose(page, 'Team', 'Network admins')
    await choose(page, 'Roles', 'reader')
    await dialog.getByRole('button', { name: 'Add policy' }).click()
    const granted = row(page, 'Network admins')
    await granted.getByText('reader').waitFor()
    await granted.getByRole('link', { name: 'production / network' }).click()
    await page.getByRole('heading', { level: 1, name: 'Access policies' }).waitFor()
    await row(page, 'Network admins').waitFor()
    await page.goto(`${list}/${environment}?tab=access`)
    await access.getByText('Account main').waitFor()
    assert.equal(await row(page, 'Network admins').count(), 0, 'access to a workspace is no access to its environment')
  })

  test('the page of a missing environment has no accessibility violations', async () => {
    assert.deepEqual(await violationsAt(shown, `${list}/env-none`, 'environment-none'), [])
  })
})

/** The console for users with read-only access and without access, in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeLocalLink } from '../authority/sign-in/links/local-link.ts'
import { realWorld } from '../authority/world.ts'
import { browser } from '../testing/browser.ts'
import { type Page, password, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document } from '../testing/kit.ts'

let home = ''
let environment = ''
let workspace = ''
let webhook = ''

const shown = sharedConsole(async ({ authority }) => {
  const { call, prepared } = authority
  home = `/${prepared.account}`
  environment = (await call('POST', '/environments', { body: document('environments', { name: 'production' }) })).json
    .data.id
  const inside = { environment: ['environments', environment] } as const
  workspace = (await call('POST', '/workspaces', { body: document('workspaces', { name: 'network' }, inside) })).json
    .data.id
  await call('POST', '/vars', {
    body: document('vars', { key: 'region', category: 'shell', value: 'eu' }, { workspace: ['workspaces', workspace] }),
  })
  webhook = 'https://hooks.invalid/hook'
  await call('POST', '/webhooks', { body: document('webhooks', { url: webhook }) })
})

/** Returns a page signed in as a user with one system role. */
async function person(name: string, roleName: string): Promise<Page> {
  const { authority } = shown
  const { call, prepared } = authority
  const email = `${name}@example.com`
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email }),
  })
  const user = invited.json.data.relationships.user.data.id as string
  const [role] = (await call('GET', `/roles?filter[name]=${encodeURIComponent(roleName)}`)).json.data
  const given = await call('POST', '/access-policies', {
    body: document(
      'access-policies',
      {},
      { account: ['accounts', prepared.account], user: ['users', user], roles: [['roles', role.id]] },
    ),
  })
  assert.equal(given.status, 201, given.text)
  const { ask, cookie } = browser(authority)
  const { secret } = await makeLocalLink(authority.database, realWorld, email)
  await ask('POST', '/auth/link/use', { secret: secret.open() })
  await ask('PUT', '/auth/methods/password', { password })
  const page = await shown.visit('/sign-in', { signedIn: false })
  const value = cookie().split('=').slice(1).join('=')
  await page.context().addCookies([
    {
      name: '__Host-mintmark',
      value,
      url: 'https://localhost',
      secure: true,
      httpOnly: true,
      sameSite: 'Strict',
    },
  ])
  return page
}

async function assertDisabled(page: Page, name: string | RegExp): Promise<void> {
  const button = page.getByRole('button', { name, disabled: true }).first()
  await button.waitFor()
  await button.focus()
  await page.getByRole('tooltip').getByText('You need the permission').waitFor()
  await page.keyboard.press('Escape')
}

describeInBrowser('without permissions', () => {
  test('a read-only user sees disabled actions with the reason', async () => {
    const page = await person('reader', 'reader')
    const disabledActions: readonly (readonly [path: string, names: readonly (string | RegExp)[]])[] = [
      ['/environments', ['Create environment', 'Rename production', 'Delete production']],
      [`/environments/${environment}`, ['Create workspace', 'Rename', 'Delete', 'Delete network']],
      [`/environments/${environment}/${workspace}`, ['Rename', 'Add variable', 'Edit region', 'Delete region']],
      ['/token-report', [/^Revoke first token/]],
      ['/leak-reports/webhooks', ['Add webhook', `Test ${webhook}`, `Delete ${webhook}`]],
    ]
    for (const [path, names] of disabledActions) {
      await page.goto(home + path)
      for (const name of names) await assertDisabled(page, name)
    }
    await page.goto(`${home}/security-rules`)
    await page.getByText('You need the permission security-rules:update').waitFor()
    assert.equal(await page.getByRole('button', { name: /^Save/ }).count(), 0)
    assert.deepEqual(await violationsInAllThemes(page, 'security-rules-held'), [])
  })

  test('a user without access sees the reason instead of content', async () => {
    const page = await person('nobody', 'minimal access')
    for (const path of ['token-report', 'security-rules', 'leak-reports', 'leak-reports/webhooks', 'audit-events']) {
      await page.goto(`${home}/${path}`)
      await page.getByText("You don't have access").first().waitFor()
    }
    assert.deepEqual(await violationsInAllThemes(page, 'audit-events-forbidden'), [])
    await page.goto(`${home}/environments/${environment}`)
    await page.getByText('Not found').waitFor()
  })
})

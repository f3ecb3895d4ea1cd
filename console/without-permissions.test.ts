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

/** Navigates to every page of the menu and waits for its content. Returns their names. */
async function browseMenu(page: Page): Promise<string[]> {
  await page.goto(home)
  const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link')
  await links.first().waitFor()
  const names = await links.allTextContents()
  for (const name of names) {
    await links.filter({ hasText: name }).first().click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.locator('main [aria-label="Loading"]').first().waitFor({ state: 'detached' })
    await page.waitForLoadState('networkidle')
  }
  return names
}

const menuPermissions: Readonly<Record<string, string>> = {
  'users:read': 'Users',
  'teams:read': 'Teams',
  'roles:read': 'Roles',
  'access-policies:read': 'Access policies',
  'service-accounts:read': 'Service accounts',
  'environments:read': 'Environments',
  'access-tokens:read': 'Token report',
  'security-rules:read': 'Security rules',
  'leak-reports:read': 'Leak reports',
  'audit-events:read': 'Audit events',
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

  test('the menu has only pages that the user can read, and browsing it causes no refused request', async () => {
    const { authority } = shown
    const unrestricted = ['Home', 'GitHub secret scanning']
    const refused: string[] = []
    for (const [permission, name] of [['', ''], ...Object.entries(menuPermissions)] as const) {
      let role = 'minimal access'
      if (permission) {
        role = `only ${permission}`
        const permissions = { permissions: [['permissions', permission]] } as const
        await authority.call('POST', '/roles', { body: document('roles', { name: role }, permissions as never) })
      }
      const page = await person(`only-${permission.split(':')[0]}`, role)
      page.on('response', (response) => {
        if (response.status() === 403) refused.push(`${permission}: ${new URL(response.url()).pathname}`)
      })
      const names = await browseMenu(page)
      assert.deepEqual(names.toSorted(), [...unrestricted, name || 'Settings'].toSorted())
    }
    assert.deepEqual(refused, [])
  })

  test('a user without access sees the reason instead of content', async () => {
    const page = await person('nobody', 'minimal access')
    const lists = ['token-report', 'security-rules', 'leak-reports', 'leak-reports/webhooks', 'audit-events']
    for (const path of [...lists, `environments/${environment}`]) {
      await page.goto(`${home}/${path}`)
      await page.getByText("You don't have access").first().waitFor()
    }
    assert.deepEqual(await violationsInAllThemes(page, 'audit-events-forbidden'), [])
  })
})

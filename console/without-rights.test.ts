/** What those see who may only look, and those who may not even that, in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeLocalLink } from '@mintmark/authority/sign-in/links/local-link.ts'
import { realWorld } from '@mintmark/authority/world.ts'
import { browser } from '../testing/browser.ts'
import { barriersInAllLooks, type Page, password } from '../testing/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/in-browser.ts'
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
  webhook = 'https://192.0.2.1/hook'
  await call('POST', '/webhooks', { body: document('webhooks', { url: webhook }) })
})

/** A person with one system role in the account, signed in. */
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

async function held(page: Page, name: string | RegExp): Promise<void> {
  const button = page.getByRole('button', { name, disabled: true }).first()
  await button.waitFor()
  await button.focus()
  await page.getByRole('tooltip').getByText('This takes the permission').waitFor()
  await page.keyboard.press('Escape')
}

describeInBrowser('without rights', () => {
  test('whoever may only look finds each deed out of reach, and the reason at it', async () => {
    const page = await person('reader', 'reader')
    const deeds: readonly (readonly [path: string, names: readonly (string | RegExp)[]])[] = [
      ['/environments', ['Create environment', 'Rename production', 'Delete production']],
      [`/environments/${environment}`, ['Create workspace', 'Rename', 'Delete', 'Delete network']],
      [`/environments/${environment}/${workspace}`, ['Rename', 'Add variable', 'Edit region', 'Delete region']],
      ['/token-report', [/^Delete first token/]],
      ['/leak-reports/webhooks', ['Add webhook', `Try ${webhook}`, `Delete ${webhook}`]],
    ]
    for (const [path, names] of deeds) {
      await page.goto(home + path)
      for (const name of names) await held(page, name)
    }
    await page.goto(`${home}/security-rules`)
    await page.getByText('This takes the permission security-rules:update').waitFor()
    assert.equal(await page.getByRole('button', { name: /^Save/ }).count(), 0)
    assert.deepEqual(await barriersInAllLooks(page, 'security-rules-held'), [])
    await page.context().close()
  })

  test('whoever may not look is told so in place of what there is', async () => {
    const page = await person('nobody', 'minimal access')
    for (const path of ['token-report', 'security-rules', 'leak-reports', 'leak-reports/webhooks', 'audit-events']) {
      await page.goto(`${home}/${path}`)
      await page.getByText('You may not see this').first().waitFor()
    }
    assert.deepEqual(await barriersInAllLooks(page, 'audit-events-forbidden'), [])
    await page.goto(`${home}/environments/${environment}`)
    await page.getByText('This does not exist').waitFor()
    await page.context().close()
  })
})

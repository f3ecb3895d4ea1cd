/** Undo in a real browser: changes are undone completely while their toast is shown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, type Page } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document, machine } from '../testing/kit.ts'

const ids: Record<string, string> = {}

const shown = sharedConsole(async ({ authority, newcomer }) => {
  const { call, prepared } = authority
  const { account } = prepared
  const robot = await machine(authority, 'robot', { permissions: ['variables:read'], scope: ['accounts', account] })
  await newcomer('ann@example.com')
  const make = async (type: string, attributes: object, relations: Record<string, readonly [string, string]> = {}) =>
    (await call('POST', `/${type}`, { body: document(type, attributes, relations) })).json.data.id as string
  const environment = await make('environments', { name: 'production' })
  const workspace = await make('workspaces', { name: 'network' }, { environment: ['environments', environment] })
  const value = { key: 'region', category: 'shell', value: 'eu', description: 'Where it runs.' }
  Object.assign(ids, {
    account,
    environment,
    workspace,
    robot: robot.id,
    policy: (await call('GET', `/access-policies?filter[service-account]=${robot.id}`)).json.data[0].id,
    person: (await call('GET', '/users?filter[email]=ann@example.com')).json.data[0].id,
    team: await make('teams', { name: 'Platform', description: 'Answers at night.' }),
    role: await make('roles', { name: 'looker', permissions: [] }, { account: ['accounts', account] }),
    variable: await make('vars', value, { workspace: ['workspaces', workspace] }),
  })
})

/** Replaces names in a path, such as `team*`, with IDs. */
const filled = (path: string) => path.replaceAll(/[a-z]+(?=\*)\*/g, (name) => ids[name.slice(0, -1)] ?? name)

/** Returns the stored record without time and author of the last update. */
async function stored(path: string): Promise<object> {
  const { attributes, relationships } = (await shown.authority.call('GET', filled(path))).json.data
  const { 'updated-at': _at, 'updated-by-email': _email, ...rest } = attributes
  const { 'updated-by': _by, ...related } = relationships ?? {}
  return { ...rest, ...related }
}

const dialog = (page: Page) => page.getByRole('dialog')
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const saveDialog = (page: Page) => dialog(page).getByRole('button', { name: 'Save changes', exact: true }).click()

const rename = async (page: Page) => {
  await press(page, 'Rename')
  await dialog(page).getByLabel('Name').fill('renamed')
  await dialog(page).getByRole('button', { name: 'Rename' }).click()
}

interface Change {
  readonly what: string
  readonly at: string
  readonly of: string
  readonly change: (page: Page) => Promise<void>
  readonly toast: string
}

const changes: readonly Change[] = [
  {
    what: 'the roles of an access policy',
    at: 'account*/iam/service-accounts/robot*?tab=access',
    of: 'access-policies/policy*',
    change: async (page) => {
      await press(page, 'Change roles')
      await choose(page, 'Roles', 'reader')
      await saveDialog(page)
    },
    toast: 'Updated the roles of the access policy.',
  },
  {
    what: 'a team',
    at: 'account*/iam/teams/team*',
    of: 'teams/team*',
    change: async (page) => {
      await press(page, 'Edit')
      await dialog(page).getByLabel('Name').fill('Base')
      await dialog(page).getByLabel('Description').fill('')
      await choose(page, 'Members', 'ann@example.com')
      await saveDialog(page)
    },
    toast: 'Saved team Base.',
  },
  {
    what: 'the teams of a user',
    at: 'account*/iam/users/person*',
    of: 'users/person*',
    change: async (page) => {
      await press(page, 'Edit teams')
      await choose(page, 'Teams', 'Platform')
      await saveDialog(page)
    },
    toast: 'Saved the teams of ann@example.com.',
  },
  {
    what: 'the name of an environment',
    at: 'account*/environments/environment*',
    of: 'environments/environment*',
    change: rename,
    toast: 'Renamed environment production to renamed.',
  },
  {
    what: 'the name of a workspace',
    at: 'account*/environments/environment*/workspace*',
    of: 'workspaces/workspace*',
    change: rename,
    toast: 'Renamed workspace network to renamed.',
  },
  {
    what: 'the protection of a workspace',
    at: 'account*/environments/environment*/workspace*?tab=settings',
    of: 'workspaces/workspace*',
    change: (page) => page.getByRole('switch', { name: 'Deletion protection' }).click(),
    toast: 'Turned off deletion protection of network.',
  },
  {
    what: 'a role',
    at: 'account*/iam/roles/role*',
    of: 'roles/role*',
    change: async (page) => {
      await page.getByLabel('Name', { exact: true }).fill('watcher')
      await page.getByRole('checkbox').first().check()
      await press(page, 'Save changes')
    },
    toast: 'Saved role watcher.',
  },
  {
    what: 'a service account',
    at: 'account*/iam/service-accounts/robot*',
    of: 'service-accounts/robot*',
    change: async (page) => {
      await press(page, 'Edit')
      await dialog(page).getByLabel('Description').fill('It builds.')
      await choose(page, 'Owners', 'Platform')
      await saveDialog(page)
    },
    toast: 'Saved robot.',
  },
  {
    what: 'the owners of a service account',
    at: 'account*',
    of: 'service-accounts/robot*',
    change: async (page) => {
      await press(page, 'Set owners: robot')
      await choose(page, 'Owners', 'Platform')
      await saveDialog(page)
    },
    toast: 'Saved the owners of robot.',
  },
  {
    what: 'the security rules',
    at: 'account*/security-rules',
    of: 'security-rules',
    change: async (page) => {
      await page.getByRole('switch', { name: 'Require owners for service accounts' }).check()
      await press(page, 'Save security rules')
    },
    toast: 'Saved the security rules. They apply from now on.',
  },
  {
    what: 'the leak rules',
    at: 'account*/security-rules',
    of: 'leak-rules',
    change: async (page) => {
      await choose(page, 'Private locations', 'Revoke now')
      await press(page, 'Save leak rules')
    },
    toast: 'Saved the leak rules.',
  },
  {
    what: 'a variable',
    at: 'account*/environments/environment*/workspace*',
    of: 'vars/variable*',
    change: async (page) => {
      await press(page, 'Edit region')
      await dialog(page).getByLabel('Value').fill('us')
      await dialog(page).getByLabel('Description').fill('')
      await saveDialog(page)
    },
    toast: 'Saved variable region.',
  },
]

describeInBrowser('undo', () => {
  for (const { what, at, of, change, toast } of changes)
    test(`${what} is as before after undo`, async () => {
      const before = await stored(`/${of}`)
      const page = await shown.visit(filled(`/${at}`))
      await change(page)
      const alert = page.getByRole('alert').filter({ hasText: toast })
      await alert.waitFor()
      assert.notDeepEqual(await stored(`/${of}`), before)
      await alert.getByRole('button', { name: 'Undo' }).click()
      await page.getByText('Undone.').waitFor()
      assert.deepEqual(await stored(`/${of}`), before)
    })

  test('Ctrl+Z undoes the latest change, but not while typing', async () => {
    const page = await shown.visit(filled('/account*/iam/teams/team*'))
    const before = await stored('/teams/team*')
    await press(page, 'Edit')
    await dialog(page).getByLabel('Name').fill('Base')
    await saveDialog(page)
    await page.getByRole('alert').filter({ hasText: 'Saved team Base.' }).waitFor()
    await press(page, 'Edit')
    await dialog(page).getByLabel('Name').press('Control+z')
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    assert.notDeepEqual(await stored('/teams/team*'), before)
    await page.keyboard.press('Control+z')
    await page.getByText('Undone.').waitFor()
    assert.deepEqual(await stored('/teams/team*'), before)
  })

  test('making a value sensitive cannot be undone, because the value can no longer be read', async () => {
    const page = await shown.visit(filled('/account*/environments/environment*/workspace*'))
    await press(page, 'Edit region')
    await page.getByRole('switch', { name: 'Sensitive' }).check()
    await saveDialog(page)
    const alert = page.getByRole('alert').filter({ hasText: 'Saved variable region.' })
    await alert.waitFor()
    assert.equal(await alert.getByRole('button', { name: 'Undo' }).count(), 0)
  })
})

/** Users, teams, roles and access policies in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, findInBrowser, password, violationsAt, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document, machine } from '../testing/kit.ts'

let iam = ''
let owner = ''

const shown = sharedConsole(async ({ authority }) => {
  const { call, prepared } = authority
  iam = `/${prepared.account}/iam`
  owner = prepared.user
  await machine(authority, 'robot', { permissions: ['variables:read'], scope: ['accounts', prepared.account] })
  await call('POST', '/teams', {
    body: document('teams', { name: 'Platform', description: 'Answers at night.' }, { users: [['users', owner]] }),
  })
})

describeInBrowser('access', () => {
  test('an invitation link is shown once, and the invited user gets exactly the granted access', async () => {
    const page = await shown.visit(`${iam}/users`)
    await page.getByRole('button', { name: 'Invite' }).click()
    const form = page.getByRole('dialog', { name: 'Invite user' })
    await form.getByLabel('Email').fill('newcomer@example.com')
    await choose(page, 'Account-wide roles', 'user')
    await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click()
    const link = (await page.getByLabel('invitation link', { exact: true }).textContent()) ?? ''
    assert.match(link, /^http:\/\/localhost:\d+\/welcome#[\w-]+$/)
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-invitation'), [])
    await page.getByLabel('I have saved this link').check()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('row').filter({ hasText: 'newcomer@example.com' }).getByText('Pending').waitFor()
    assert.deepEqual(await findInBrowser(page, link.split('#')[1] as string), [])

    const theirs = await shown.visit('/sign-in', { signedIn: false })
    await theirs.goto(link)
    await theirs.getByRole('heading', { name: 'You have been invited' }).waitFor()
    await theirs.getByLabel('Your name').fill('New Comer')
    await theirs.getByRole('button', { name: 'Accept and continue' }).click()
    await theirs.getByRole('button', { name: 'Use a password instead' }).click()
    await theirs.getByLabel('New password', { exact: true }).fill('weak')
    await theirs.getByRole('button', { name: 'Set password' }).click()
    await theirs.getByText('Expected at least 10 characters.').waitFor()
    await theirs.getByLabel('New password', { exact: true }).fill(password)
    await theirs.getByRole('button', { name: 'Set password' }).click()
    await theirs.getByRole('navigation', { name: 'Main' }).waitFor()

    await theirs.goto(`${iam}/users`)
    const invite = theirs.getByRole('button', { name: 'Invite' })
    await theirs.getByRole('row').filter({ hasText: 'New Comer' }).waitFor()
    assert.equal(await invite.getAttribute('aria-disabled'), 'true')
    await invite.focus()
    await theirs.getByRole('tooltip').getByText('You need the permission users:create').waitFor()
    await theirs.goto(`${iam}/access-policies`)
    await theirs.getByText("You don't have access").waitFor()
  })

  test('an administrator can confirm a user and the credentials of a service account', async () => {
    const page = await shown.visit(`${iam}/users`)
    const confirmations = [
      ['users', 'New Comer', 'Confirm user', 'accounts.user-confirmed'],
      ['service-accounts', 'robot', 'Confirm credentials', 'service-accounts.credentials-confirmed'],
    ] as const
    for (const [list, name, button, action] of confirmations) {
      await page.goto(`${iam}/${list}`)
      await page.getByRole('link', { name }).click()
      await page.getByRole('link', { name: 'Access', exact: true }).click()
      await page.getByRole('button', { name: button }).click()
      await page.getByRole('dialog').getByRole('button', { name: button }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      const { json } = await shown.authority.call('GET', `/audit-events?filter[action]=${action}`)
      assert.equal(json.data.length, 1, button)
    }
    await page.goto(`${iam}/users/${owner}`)
    await page.getByRole('button', { name: 'Add policy' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Confirm user' }).getAttribute('aria-disabled'), 'true')
  })

  test('a role is created with search and compared with another role', async () => {
    const page = await shown.visit(`${iam}/roles`)
    await page.getByRole('button', { name: 'Create role' }).click()
    await page.getByLabel('Name', { exact: true }).fill('deployer')
    await page.getByLabel('Search permissions').fill('workspaces')
    const of = (resource: string) => page.getByRole('group', { name: resource, exact: true })
    await of('Workspaces').getByText('Write', { exact: true }).click()
    await of('Workspaces').getByText('Read', { exact: true }).click()
    await of('Workspaces').getByLabel('lock').check()
    await page.getByLabel('Search permissions').fill('')
    await of('Variables').getByLabel('all (*)').check()
    await of('Variables').getByText('Custom', { exact: true }).click()
    assert.ok(await of('Variables').getByRole('checkbox', { name: 'read' }).isDisabled(), 'the wildcard covers it')
    await of('Tags').getByText('Read', { exact: true }).click()
    await page.getByRole('button', { name: 'Remove tags:read' }).click()
    assert.ok(await of('Tags').getByRole('radio', { name: 'None' }).isChecked())
    await choose(page, 'Compare with', 'minimal access')
    await page.getByText(/7 more and 1 fewer than minimal access/).waitFor()
    await page.getByRole('button', { name: 'Create role' }).click()
    await page.getByRole('link', { name: 'deployer' }).waitFor()
    const { call } = shown.authority
    const [role] = (await call('GET', '/roles?filter[name]=deployer')).json.data
    assert.deepEqual(role.relationships.permissions.data.map(({ id }: { id: string }) => id).sort(), [
      'variables:*',
      'workspaces:lock',
      'workspaces:read',
    ])
  })

  test('an access policy grants a role to a team, and the page of a member shows where the permissions come from', async () => {
    const page = await shown.visit(`${iam}/access-policies`)
    await page.getByRole('button', { name: 'Add access policy' }).click()
    await choose(page, 'Team', 'Platform')
    await choose(page, 'Roles', 'reader')
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-add-policy-for-team'), [])
    await page.getByRole('button', { name: 'Add policy' }).click()
    await page.getByRole('row').filter({ hasText: 'Platform' }).getByText('reader').waitFor()
    const ofOwner = page.getByRole('row').filter({ hasText: 'owner@mintmark.internal' })
    await ofOwner.getByText('admin').waitFor()
    await page.getByRole('button', { name: 'Filters' }).click()
    await choose(page, 'Role', 'reader')
    await ofOwner.waitFor({ state: 'detached' })
    await page.getByRole('row').filter({ hasText: 'Platform' }).waitFor()
    assert.match(page.url(), /[?&]role=/)
    assert.deepEqual(await violationsInAllThemes(page, 'access-policies-filtered'), [])
    await page.getByRole('button', { name: 'Remove filter Role: reader' }).click()
    await ofOwner.waitFor()
    await page.goto(`${iam}/users/${owner}`)
    await page.getByText('Role reader through team Platform').waitFor()
  })

  test('a duplicate name is reported at its field with the error of the server', async () => {
    const page = await shown.visit(`${iam}/teams`)
    await page.getByRole('button', { name: 'Create team' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Platform')
    await page.getByRole('dialog').getByRole('button', { name: 'Create team' }).click()
    await page
      .getByRole('dialog')
      .getByText(/A team .*Platform|already|taken/i)
      .waitFor()
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Platform')
  })

  test('the page of a system role has no accessibility violations', async () => {
    assert.deepEqual(await violationsAt(shown, `${iam}/roles/role-t67mjtmabulckto`, 'role-of-the-system'), [])
  })
})

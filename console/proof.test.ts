/** Everything that gives or takes power asks for a proof when the last one is old, and then goes through once, by itself. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { realWorld } from '@mintmark/authority/world.ts'
import { choose, noBrowser, type Page, password, settled } from '../testing/console.ts'
import { consentPage } from '../testing/console-pages.ts'
import { type Furnished, furnish, furnishable } from '../testing/furnished-console.ts'
import { describeInBrowser, sharedConsole } from '../testing/in-browser.ts'

let furnished: Furnished
let page: Page
let later = 0

const world = { ...realWorld, now: () => new Date(realWorld.now().getTime() + later) }
const shown = sharedConsole(
  async (console) => {
    furnished = await furnish(console)
    page = await console.visit('/profile')
  },
  { ...furnishable, world },
)

interface Deed {
  readonly name: string
  /** Within the account, unless it begins with a slash. */
  readonly at: string | (() => string)
  /** Up to the press that asks for it. */
  readonly begin: () => Promise<unknown>
  /** A field and what was typed in it. */
  readonly typed?: readonly [field: string, value: string]
  /** What it is recorded as. */
  readonly action: string
  /** What is on the page when it is done; unless told, no dialog. */
  readonly done?: () => ReturnType<Page['locator']>
}

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true, disabled: false })
const inDialog = (name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true })
const field = (name: string) => page.getByRole('textbox', { name, exact: true })
const secret = (name: string) => page.getByLabel(name, { exact: true })
const pressed = (first: string | RegExp, second: string) => async () => {
  await button(first).first().click()
  await inDialog(second).click()
}
const named = (first: string, typed: string, label = 'Name', second = first): Pick<Deed, 'begin' | 'typed'> => ({
  typed: [label, typed],
  begin: async () => {
    await button(first).click()
    await field(label).fill(typed)
    await inDialog(second).click()
  },
})
const gone = () => page.locator('body:not(:has([role="dialog"]))')
const deeds: readonly Deed[] = [
  {
    name: 'generating a token for oneself',
    at: '/profile',
    ...named('Generate token', 'mine'),
    action: 'access-tokens.minted',
    done: () => secret('token mine'),
  },
  {
    name: 'rotating a token',
    at: '/profile',
    begin: pressed(/^Rotate first token/, 'Rotate'),
    action: 'access-tokens.rotated',
    done: () => secret('token first token'),
  },
  {
    name: 'generating a token for a service account',
    at: () => `iam/service-accounts/${furnished.serviceAccount}`,
    ...named('Generate token', 'job'),
    action: 'access-tokens.minted',
    done: () => secret('token job'),
  },
  {
    name: 'creating a service account with access and a token',
    at: 'iam/service-accounts/new',
    begin: async () => {
      await field('Name').fill('deploy')
      await choose(page, 'Roles', 'Deployer')
      await button('Create and generate token').click()
    },
    typed: ['Name', 'deploy'],
    action: 'service-accounts.created',
    done: () => secret('token deploy'),
  },
  {
    name: 'deleting the token of somebody else',
    at: () => `iam/users/${furnished.user}?tab=tokens`,
    begin: pressed(/^Delete of Ada/, 'Delete token'),
    action: 'access-tokens.deleted',
  },
  {
    name: 'deleting tokens from the report',
    at: 'token-report?q=used',
    begin: async () => {
      await button(/^Delete used/).click()
      await page.getByRole('dialog').getByRole('textbox').fill('1')
      await inDialog('Delete 1 token').click()
    },
    action: 'access-tokens.deleted',
  },
  {
    name: 'granting an access policy',
    at: () => `iam/users/${furnished.user}`,
    begin: async () => {
      await button('Add policy').click()
      await choose(page, 'Roles', 'Deployer')
      await inDialog('Add policy').click()
    },
    action: 'access-policies.created',
  },
  {
    name: 'changing a role',
    at: () => `iam/roles/${furnished.role}`,
    begin: async () => {
      await field('Description').fill('For deploys.')
      await button('Save changes').click()
    },
    typed: ['Description', 'For deploys.'],
    action: 'roles.updated',
    done: () => page.getByRole('heading', { name: 'Roles', level: 1 }),
  },
  {
    name: 'inviting a person',
    at: 'iam/users',
    ...named('Invite', 'new@example.com', 'E-mail', 'Invite'),
    action: 'accounts.user-invited',
    done: () => secret('invitation link'),
  },
  {
    name: 'changing a team',
    at: () => `iam/teams/${furnished.team}`,
    ...named('Edit', 'Platform team', 'Name', 'Save'),
    action: 'teams.updated',
  },
  {
    name: 'stopping a person',
    at: () => `iam/users/${furnished.user}`,
    begin: pressed('Deactivate', 'Deactivate'),
    action: 'users.updated',
  },
  {
    name: 'changing the rules of the account',
    at: 'security-rules',
    begin: async () => {
      await page.getByRole('switch', { name: 'Service accounts must have owners' }).check()
      await button('Save rules').click()
    },
    action: 'security-rules.updated',
    done: () => page.getByText('Saved the rules.'),
  },
  {
    name: 'adding a webhook',
    at: 'leak-reports/webhooks',
    ...named('Add webhook', 'https://192.0.2.1/second', 'Address'),
    action: 'webhooks.created',
    done: () => secret('webhook secret'),
  },
  {
    name: 'containing a leak',
    at: () => `leak-reports/${furnished.leakReport}`,
    begin: pressed('End at once…', 'End at once'),
    action: 'leak-reports.contained',
  },
  {
    name: 'adding a passkey',
    at: '/profile/sign-in-methods',
    ...named('Add passkey', 'laptop', 'Name', 'Continue'),
    action: 'passkeys.created',
    done: () => page.getByRole('row').filter({ hasText: 'laptop' }),
  },
  {
    name: 'removing a passkey',
    at: '/profile/sign-in-methods',
    begin: pressed('Remove laptop', 'Remove passkey'),
    action: 'passkeys.deleted',
  },
  {
    name: 'setting up an authenticator app',
    at: '/profile/sign-in-methods',
    begin: async () => button('Set up').click(),
    action: 'one-time-passwords.begun',
    done: () => field('Code'),
  },
  {
    name: 'giving a program a token',
    at: consentPage,
    begin: () => button('Agree').click(),
    action: 'authorizations.granted',
    done: () => page.getByText('Back in the program.'),
  },
  {
    name: 'changing the password',
    at: '/profile/sign-in-methods',
    ...named('Change password', 'purple monkey dishwasher lamp 4', 'New password', 'Save'),
    action: 'users.password-changed',
    done: () => page.getByText('Your password was set.'),
  },
]

/** How often it was done. */
const done = async (action: string): Promise<number> =>
  (await shown.authority.call('GET', `/audit-events?filter[action]=${action}&page[size]=1`)).json.meta.pagination[
    'total-count'
  ]

describeInBrowser('an old proof', () => {
  before(async () => {
    if (noBrowser) return
    await page.route('http://127.0.0.1:10000/**', (route) => route.fulfill({ body: 'Back in the program.' }))
    const session = await page.context().newCDPSession(page)
    const device = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
    } as const
    await session.send('WebAuthn.enable')
    await session.send('WebAuthn.addVirtualAuthenticator', { options: { ...device, isUserVerified: true } })
  })

  for (const { name, at, begin, typed, action, done: isDone = gone } of deeds)
    test(`is renewed for ${name}, which is then done once`, async () => {
      const path = typeof at === 'string' ? at : at()
      await page.goto(path.startsWith('/') ? path : `/${furnished.account}/${path}`)
      await settled(page)
      const before = await done(action)
      later += 16 * 60_000
      await begin()
      const proof = page.getByRole('dialog', { name: 'Prove that it is you' })
      const answer = proof.getByLabel('Password', { exact: true })
      await answer.and(page.locator(':focus')).waitFor()
      assert.equal(await done(action), before, 'not without a proof')
      if (typed)
        assert.equal(await page.getByLabel(typed[0], { exact: true }).first().inputValue(), typed[1], 'what was typed')
      await answer.fill(password)
      await page.keyboard.press('Enter')
      await proof.waitFor({ state: 'detached' })
      await isDone().first().waitFor()
      assert.equal(await done(action), before + 1)
    })
})

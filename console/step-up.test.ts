/** Every sensitive action requires re-authentication if the last one is too old, and is then completed exactly once. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { realWorld } from '../authority/world.ts'
import { choose, noBrowser, type Page, password, settled } from '../testing/console/console.ts'
import { type ConsoleFixture, fillConsole, fixtureOptions } from '../testing/console/console-fixture.ts'
import { consentPage } from '../testing/console/console-pages.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'

let furnished: ConsoleFixture
let page: Page
let later = 0

const world = { ...realWorld, now: () => new Date(realWorld.now().getTime() + later) }
const shown = sharedConsole(
  async (console) => {
    furnished = await fillConsole(console)
    page = await console.visit('/profile')
  },
  { ...fixtureOptions, world },
)

interface SensitiveAction {
  readonly name: string
  /** The path, relative to the account unless it starts with a slash. */
  readonly at: string | (() => string)
  /** Performs the action up to the re-authentication dialog. */
  readonly begin: () => Promise<unknown>
  /** A field and its input, which must be kept. */
  readonly typed?: readonly [field: string, value: string]
  /** The audit action. */
  readonly action: string
  /** Visible when the action is done; default: the dialog is closed. */
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
const named = (
  first: string,
  typed: string,
  label = 'Name',
  second = first,
): Pick<SensitiveAction, 'begin' | 'typed'> => ({
  typed: [label, typed],
  begin: async () => {
    await button(first).click()
    await field(label).fill(typed)
    await inDialog(second).click()
  },
})
const noDialog = () => page.locator('body:not(:has([role="dialog"]))')
const sensitiveActions: readonly SensitiveAction[] = [
  {
    name: 'creating a personal access token',
    at: '/profile',
    ...named('Create token', 'mine'),
    action: 'access-tokens.minted',
    done: () => secret('token mine'),
  },
  {
    name: 'rotating a token',
    at: '/profile',
    begin: pressed(/^Rotate first token/, 'Rotate token'),
    action: 'access-tokens.rotated',
    done: () => secret('token first token'),
  },
  {
    name: 'creating a token for a service account',
    at: () => `iam/service-accounts/${furnished.serviceAccount}`,
    ...named('Create token', 'job'),
    action: 'access-tokens.minted',
    done: () => secret('token job'),
  },
  {
    name: 'creating a service account with access and a token',
    at: 'iam/service-accounts/new',
    begin: async () => {
      await field('Name').fill('deploy')
      await choose(page, 'Roles', 'Deployer')
      await button('Create service account and token').click()
    },
    typed: ['Name', 'deploy'],
    action: 'service-accounts.created',
    done: () => secret('token deploy'),
  },
  {
    name: 'revoking the token of another user',
    at: () => `iam/users/${furnished.user}?tab=tokens`,
    begin: pressed(/^Revoke of Ada/, 'Revoke token'),
    action: 'access-tokens.deleted',
  },
  {
    name: 'revoking tokens from the report',
    at: 'token-report?q=used',
    begin: async () => {
      await button(/^Revoke used/).click()
      await page.getByRole('dialog').getByRole('textbox').fill('1')
      await inDialog('Revoke 1 token').click()
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
    name: 'inviting a user',
    at: 'iam/users',
    ...named('Invite user', 'new@example.com', 'Email', 'Invite user'),
    action: 'accounts.user-invited',
    done: () => secret('invitation link'),
  },
  {
    name: 'changing a team',
    at: () => `iam/teams/${furnished.team}`,
    ...named('Edit', 'Platform team', 'Name', 'Save changes'),
    action: 'teams.updated',
  },
  {
    name: 'deactivating a user',
    at: () => `iam/users/${furnished.user}`,
    begin: pressed('Deactivate', 'Deactivate'),
    action: 'users.updated',
  },
  {
    name: 'changing the security rules',
    at: 'security-rules',
    begin: async () => {
      await page.getByRole('switch', { name: 'Require owners for service accounts' }).check()
      await button('Save security rules').click()
    },
    action: 'security-rules.updated',
    done: () => page.getByText('Saved the security rules.'),
  },
  {
    name: 'adding a webhook',
    at: 'leak-reports/webhooks',
    ...named('Add webhook', 'https://hooks.invalid/second', 'URL'),
    action: 'webhooks.created',
    done: () => secret('webhook secret'),
  },
  {
    name: 'containing a leak',
    at: () => `leak-reports/${furnished.leakReport}`,
    begin: pressed('Revoke…', 'Revoke now'),
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
    name: 'authorizing a program',
    at: consentPage,
    begin: () => button('Authorize').click(),
    action: 'authorizations.granted',
    done: () => page.getByText('Back in the program.'),
  },
  {
    name: 'changing the password',
    at: '/profile/sign-in-methods',
    ...named('Change password', 'purple monkey dishwasher lamp 4', 'New password', 'Save password'),
    action: 'users.password-changed',
    done: () => page.getByText('Password saved.'),
  },
]

/** Returns the number of audit events of an action. */
const done = async (action: string): Promise<number> =>
  (await shown.authority.call('GET', `/audit-events?filter[action]=${action}&page[size]=1`)).json.meta.pagination[
    'total-count'
  ]

describeInBrowser('an expired step-up', () => {
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

  for (const { name, at, begin, typed, action, done: isDone = noDialog } of sensitiveActions)
    test(`is renewed for ${name}, which is then done exactly once`, async () => {
      const path = typeof at === 'string' ? at : at()
      await page.goto(path.startsWith('/') ? path : `/${furnished.account}/${path}`)
      await settled(page)
      const before = await done(action)
      later += 16 * 60_000
      await begin()
      const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
      const passwordField = dialog.getByLabel('Password', { exact: true })
      await passwordField.and(page.locator(':focus')).waitFor()
      assert.equal(await done(action), before, 'not without re-authentication')
      if (typed)
        assert.equal(
          await page.getByLabel(typed[0], { exact: true }).first().inputValue(),
          typed[1],
          'the input is kept',
        )
      await passwordField.fill(password)
      await page.keyboard.press('Enter')
      await dialog.waitFor({ state: 'detached' })
      await isDone().first().waitFor()
      assert.equal(await done(action), before + 1)
    })
})

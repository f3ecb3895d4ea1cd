/** Sign-in, sessions and re-authentication, in a real browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeLocalLink } from '../authority/sign-in/links/local-link.ts'
import { realWorld } from '../authority/world.ts'
import { findInBrowser, type Page, password, violationsAt, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document } from '../testing/kit.ts'

const shown = sharedConsole()

const email = () => shown.authority.prepared.email
const oneTimeLink = async () => (await makeLocalLink(shown.authority.database, realWorld)).secret.open()

/** Adds a virtual authenticator. */
async function withPasskeys(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
  } as const
  await session.send('WebAuthn.addVirtualAuthenticator', { options })
}

async function signInByPassword(page: Page): Promise<void> {
  await page.getByLabel('Email').fill(email())
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Signs in with a separate session: the shared one ends when a sign-in method is added. */
async function signedIn(path: string): Promise<Page> {
  const page = await shown.visit(path, { signedIn: false })
  await signInByPassword(page)
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
  return page
}

/** Simulates an expired session. */
const expireSession = (page: Page) => page.context().clearCookies()

describeInBrowser('signing in', () => {
  test('a sign-in link leads to a passkey, which signs in later; the secret of the link is not stored', async () => {
    const secret = await oneTimeLink()
    const page = await shown.visit('/sign-in', { signedIn: false, ownContext: true })
    await withPasskeys(page)
    await page.goto(`/welcome#${secret}`)
    await page.getByText(email()).waitFor()
    assert.deepEqual(await findInBrowser(page, secret), [])
    assert.deepEqual(await violationsInAllThemes(page, 'welcome'), [])
    await page
      .getByRole('button', { name: 'Get started' })
      .or(page.getByRole('button', { name: 'Continue' }))
      .click()
    await page.getByRole('button', { name: 'Create a passkey' }).waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'first-credential'), [])
    await page.getByRole('button', { name: 'Create a passkey' }).click()

    await page.getByRole('button', { name: `User menu: ${email()}` }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('button', { name: `User menu: ${email()}` }).waitFor()
    await page.goto(`/welcome#${secret}`)
    await page.getByText('This link does not work').waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'welcome-used'), [])
  })

  test('a late response from before the sign-in does not end the new session', async () => {
    const secret = await oneTimeLink()
    const page = await shown.visit('/healthz', { signedIn: false })
    const late = Promise.withResolvers<void>()
    await page.route('**/auth/session', async (route) => {
      const answer = await route.fetch()
      await late.promise
      await route.fulfill({ response: answer })
    })
    const sessionRequest = page.waitForRequest('**/auth/session')
    await page.goto(`/welcome#${secret}`)
    await sessionRequest
    await page.getByRole('button', { name: /^(?:Get started|Continue)$/ }).click()
    await page.getByRole('heading', { name: 'How will you sign in?' }).waitFor()
    const answered = page.waitForResponse('**/auth/session')
    late.resolve()
    assert.deepEqual(await (await answered).json(), { session: null })
    await page.getByRole('button', { name: 'Use a password instead' }).click()
    await page.getByLabel('New password').fill(password)
    await page.getByRole('button', { name: 'Set password' }).click()
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor()
  })

  test('a password signs in and leads to the requested page', async () => {
    const page = await signedIn('/profile/sessions')
    const session = page.getByRole('row').filter({ hasText: 'This device' })
    await session.getByText(/^Chrome \d+ on \w+$/).waitFor()
    assert.equal(new URL(page.url()).pathname, '/profile/sessions')
  })

  test('a wrong password is rejected without revealing which part was wrong', async () => {
    const page = await shown.visit('/sign-in', { signedIn: false })
    const words: (string | null)[] = []
    for (const address of [email(), 'nobody@example.com']) {
      await page.getByLabel('Email').fill(address)
      await page.getByLabel('Password', { exact: true }).fill('not the password')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByRole('alert').waitFor()
      words.push(await page.getByRole('alert').textContent())
      await page.reload()
    }
    assert.equal(words[0], words[1])
  })

  test('a sign-in never redirects to another site', async () => {
    for (const to of ['https://example.com/', '//example.com/', '/\\example.com', 'javascript:alert(1)', '/sign-in']) {
      const page = await shown.visit(`/sign-in?to=${encodeURIComponent(to)}`, { signedIn: false })
      await signInByPassword(page)
      await page.getByRole('navigation', { name: 'Main' }).waitFor()
      assert.equal(new URL(page.url()).origin, shown.address, to)
      await shown.release(page.context())
    }
  })

  test('an expired session prompts for sign-in over a form, keeps the input, and completes the request', async () => {
    const page = await signedIn('/profile')
    await page.getByRole('button', { name: 'Create token' }).click()
    const form = page.getByRole('dialog', { name: 'Create a personal access token' })
    await form.getByLabel('Name').fill('typed before')
    await expireSession(page)
    await form.getByRole('button', { name: 'Create token' }).click()
    const again = page.getByRole('dialog', { name: 'Session expired' })
    await again.getByLabel('Password', { exact: true }).fill(password)
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-session-over'), [])
    await again.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByLabel('token typed before', { exact: true }).waitFor()
  })

  test('the sign-in page has no accessibility violations', async () => {
    assert.deepEqual(await violationsAt(shown, '/sign-in', 'sign-in', { signedIn: false }), [])
  })

  test('an unknown address shows a page that leads home', async () => {
    const page = await signedIn('/profile')
    await page.goto('/no/such/page')
    await page.getByText('Page not found').waitFor()
    await page.getByRole('link', { name: 'Go home' }).click()
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
  })
})

describeInBrowser('re-authentication', () => {
  let later = 0
  const world = { ...realWorld, now: () => new Date(realWorld.now().getTime() + later) }
  const waiting = sharedConsole(undefined, { world })

  test('is required for a sensitive action if the last one is too old, and the action is then completed', async () => {
    const page = await waiting.visit('/profile')
    await page.getByRole('button', { name: 'Create token' }).click()
    const form = page.getByRole('dialog', { name: 'Create a personal access token' })
    await form.getByLabel('Name').fill('after a while')
    later = 16 * 60_000
    await form.getByRole('button', { name: 'Create token' }).click()
    const stepUp = page.getByRole('dialog', { name: 'Confirm that it is you' })
    await stepUp.getByLabel('Password', { exact: true }).fill('not the password')
    await stepUp.getByRole('button', { name: 'Confirm' }).click()
    await stepUp.getByRole('alert').getByText('This is not your password.').waitFor()
    assert.equal(await page.locator('.mantine-Modal-overlay').count(), 2, 'otherwise the next line is meaningless')
    const colors = await page
      .locator('.mantine-Modal-overlay')
      .evaluateAll((overlays) => overlays.map((each) => getComputedStyle(each).backgroundColor))
    assert.equal(colors.filter((color) => color !== 'rgba(0, 0, 0, 0)').length, 1, 'only one overlay is visible')
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-prove'), [])
    await page.keyboard.press('Escape')
    await stepUp.waitFor({ state: 'detached' })
    await form.getByRole('alert').waitFor()
    assert.equal(await form.getByLabel('Name').inputValue(), 'after a while')

    await form.getByRole('button', { name: 'Create token' }).click()
    await stepUp.getByLabel('Password', { exact: true }).fill(password)
    await stepUp.getByRole('button', { name: 'Confirm' }).click()
    await page.getByLabel('token after a while', { exact: true }).waitFor()
  })

  test('offers the method first that the user last signed in with', async () => {
    const page = await waiting.visit('/sign-in?to=/profile/sign-in-methods', { signedIn: false, ownContext: true })
    await withPasskeys(page)
    await signInByPassword(page)
    await page.getByRole('button', { name: 'Add passkey' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('laptop')
    await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('row').filter({ hasText: 'laptop' }).waitFor()

    const stepUp = page.getByRole('dialog', { name: 'Confirm that it is you' })
    const stepUpForms = async () => {
      later += 16 * 60_000
      await page.goto('/profile')
      await page.getByRole('button', { name: 'Create token' }).click()
      await page.getByRole('dialog').getByLabel('Name').fill('mine')
      await page.getByRole('dialog').getByRole('button', { name: 'Create token' }).click()
      await stepUp.locator(':focus').waitFor()
      const filled = stepUp.locator('button[data-variant="filled"]')
      const focused = await stepUp.locator(':focus').evaluate((each) => each.getAttribute('type'))
      return [focused, await filled.allTextContents()]
    }
    assert.deepEqual(await stepUpForms(), ['password', ['Confirm']])
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-prove-passkey'), [])
    await stepUp.getByRole('button', { name: 'Use passkey' }).click()
    await page.getByLabel('token mine', { exact: true }).waitFor()
    assert.deepEqual(await stepUpForms(), ['button', ['Use passkey']])
    await page.keyboard.press('Enter')
    await page.getByLabel('token mine', { exact: true }).waitFor()
  })

  test('an existing user accepts an invitation in their own session', async () => {
    const { call, prepared } = shown.authority
    const address = 'back@example.com'
    const cookie = await shown.newcomer(address)
    const user = (await call('GET', `/users?filter[email]=${address}`)).json.data[0].id
    await call('DELETE', `/accounts/${prepared.account}/actions/remove/${user}`)
    await call('POST', `/accounts/${prepared.account}/actions/invite`, { body: document('users', { email: address }) })
    const invited = await call('POST', '/auth/invitations', { body: { account: prepared.account, user } })
    const secret = new URL(invited.json.link).hash
    const page = await shown.visit(`/welcome${secret}`, { cookie })
    await page.getByRole('heading', { name: 'Join main' }).waitFor()
    await page.getByText(`${address} has been invited to the account main`).waitFor()
    assert.deepEqual(await violationsInAllThemes(page, 'accept-invitation'), [])
    await page.getByRole('button', { name: 'Accept invitation' }).click()
    await page.getByText('You are signed in to main.').waitFor()
    await shown.release(page.context())

    const otherBrowser = await shown.visit(`/welcome${secret}`, { signedIn: false })
    await otherBrowser.getByRole('heading', { name: 'This link does not work' }).waitFor()
    const other = await oneTimeLink()
    await otherBrowser.evaluate((hash) => {
      location.hash = hash
    }, other)
    await otherBrowser.getByRole('button', { name: /^(?:Get started|Continue)$/ }).waitFor()
  })
})

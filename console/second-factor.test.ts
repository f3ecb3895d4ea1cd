/** Authenticator app and recovery codes in a real browser. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { findInBrowser, type Page, password, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'

const shown = sharedConsole()

/** Computes a code like an authenticator app (RFC 6238), from a base32 key. */
function oneTimeCode(key: string): string {
  const bits = [...key]
    .map((each) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(each).toString(2).padStart(5, '0'))
    .join('')
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((each) => Number.parseInt(each, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const hash = createHmac('sha1', bytes).update(step).digest()
  const at = (hash.at(-1) as number) & 15
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Email').fill(shown.authority.prepared.email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByLabel('Code', { exact: true }).waitFor()
}

describeInBrowser('a second factor', () => {
  let codes: string[] = []
  let seed = ''

  test('is set up with a QR code or a key, verified with the first code, and shows recovery codes once', async () => {
    const page = await shown.visit('/profile/sign-in-methods')
    await page.getByRole('button', { name: 'Set up' }).click()
    const dialog = page.getByRole('dialog', { name: 'Set up authenticator app' })
    await dialog.getByRole('img', { name: 'QR code' }).waitFor()
    await dialog.getByText('Enter a setup key instead').click()
    seed = ((await dialog.getByLabel('Setup key').textContent()) ?? '').replaceAll(' ', '')
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-set-up-codes'), [])
    await dialog.getByLabel('Code', { exact: true }).fill('000000')
    await dialog.getByRole('button', { name: 'Turn on' }).click()
    await dialog.locator('[aria-invalid="true"]').waitFor()
    await dialog.getByLabel('Code', { exact: true }).fill(oneTimeCode(seed))
    await dialog.getByRole('button', { name: 'Turn on' }).click()
    codes = ((await page.getByLabel('recovery codes', { exact: true }).textContent()) ?? '').split('\n')
    assert.equal(codes.length, 10)
    assert.deepEqual(await violationsInAllThemes(page, 'dialog-recovery-codes'), [])
    await page.getByLabel('I have saved these codes').check()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('10 recovery codes left').waitFor()
    assert.deepEqual(await findInBrowser(page, codes[0] as string), [])
    assert.deepEqual(await findInBrowser(page, seed), [])
  })

  test('is required after the password, a recovery code replaces it once, and an account can require it', async () => {
    const page = await shown.visit('/sign-in', { signedIn: false })
    await signIn(page)
    assert.deepEqual(await violationsInAllThemes(page, 'sign-in-code'), [])
    await page.getByLabel('Code', { exact: true }).fill('000000')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.locator('[aria-invalid="true"]').waitFor()
    await page.getByLabel('Code', { exact: true }).fill(codes[0] as string)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: /^User menu: / }).waitFor()
    await shown.release(page.context())

    const again = await shown.visit('/sign-in', { signedIn: false })
    await signIn(again)
    await again.getByLabel('Code', { exact: true }).fill(codes[0] as string)
    await again.getByRole('button', { name: 'Sign in', exact: true }).click()
    await again.locator('[aria-invalid="true"]').waitFor()
    await again.getByLabel('Code', { exact: true }).fill(codes[1] as string)
    await again.getByRole('button', { name: 'Sign in', exact: true }).click()
    await again.getByRole('navigation', { name: 'Main' }).waitFor()
    await again.goto('/profile/sign-in-methods')
    await again.getByText('8 recovery codes left').waitFor()

    await again.goto(`/${shown.authority.prepared.account}/settings`)
    await again.getByRole('switch', { name: 'Require a second factor' }).click()
    await again.getByRole('button', { name: 'Require second factor' }).click()
    await again.getByText('A second factor is now required.').waitFor()
    await again.goto('/profile/sign-in-methods')
    await again.getByRole('button', { name: 'Turn off' }).click()
    await again.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click()
    await again.getByRole('dialog').waitFor({ state: 'detached' })
    await again.goto('/')
    await again.getByRole('heading', { name: 'Set up a second factor' }).waitFor()
    assert.deepEqual(await violationsInAllThemes(again, 'required-second-factor'), [])
    await again.getByRole('button', { name: 'Set up authenticator app' }).click()
    await again.getByText('Enter a setup key instead').click()
    const next = ((await again.getByLabel('Setup key').textContent()) ?? '').replaceAll(' ', '')
    await again.getByLabel('Code', { exact: true }).fill(oneTimeCode(next))
    await again.getByRole('button', { name: 'Turn on' }).click()
    await again.getByLabel('I have saved these codes').check()
    await again.getByRole('button', { name: 'Done' }).click()
    await again.getByRole('heading', { name: 'Home' }).waitFor()
  })
})

/** Keyboard access and accessibility of every page. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { makeLocalLink } from '../authority/sign-in/links/local-link.ts'
import { realWorld } from '../authority/world.ts'
import { browser } from '../testing/browser.ts'
import { navigate, type Page, settled, type Visit, violationsInAllThemes } from '../testing/console/console.ts'
import { type ConsoleFixture, fillConsole, fixtureOptions } from '../testing/console/console-fixture.ts'
import { consentPage, pages, pathsOf, signedOutPages } from '../testing/console/console-pages.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { prepareKeyboardWalks, walkByKeyboard } from '../testing/console/keyboard.ts'

let furnished: ConsoleFixture
let page: Page

const shown = sharedConsole(async (console) => {
  furnished = await fillConsole(console)
  page = await console.visit('/profile')
  await prepareKeyboardWalks(page)
  await page.reload()
}, fixtureOptions)

const desktop = { width: 1280, height: 800 }
const phone = { width: 360, height: 800 }

/** Walks forward on a desktop and backward on a phone, so that sticky elements at either end cannot cover the focus. */
async function walkBothWays(on: Page): Promise<string[]> {
  await on.emulateMedia({ colorScheme: 'light' })
  await on.setViewportSize(desktop)
  const forwards = await walkByKeyboard(on)
  await on.setViewportSize(phone)
  const backwards = await walkByKeyboard(on, 'Shift+Tab')
  // The tooltip of the last element is outside the landmarks of the page that is checked next.
  await on.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await on.waitForFunction(() => !document.querySelector('[role="tooltip"]'))
  return [...forwards, ...backwards]
}

describeInBrowser('every page', () => {
  test('of the router is tested here', () => {
    const router = readFileSync(new URL('router.tsx', import.meta.url), 'utf8')
    const named = [...router.matchAll(/\b(outside|page|inAccount)\(\s*'([^']+)'|path: '(\/[^']+)'/g)].map(
      ([, kind, path, plain]) => (kind === 'inAccount' ? `/$account${path}` : (path ?? plain)),
    )
    const tried = [...signedOutPages, ...pages.map(({ route }) => route).filter((route) => route !== '/$account/')]
    assert.deepEqual(named.toSorted(), tried.toSorted())
  })

  for (const each of pages)
    test(`${each.route} can be walked by keyboard and has no accessibility violations`, async () => {
      for (const address of pathsOf(each, furnished)) {
        await navigate(page, address)
        const part = /\?tab=(.*)/.exec(address)?.[1] ?? ''
        const name = `${each.route.replace('/$account', '')} ${part}`.trim().replaceAll(/\W+/g, '-')
        assert.deepEqual(await violationsInAllThemes(page, `page-${name}`), [], address)
        assert.deepEqual(await walkBothWays(page), [], address)
      }
    })

  test('without navigation can be walked by keyboard too', async () => {
    const link = async () => (await makeLocalLink(shown.authority.database, realWorld)).secret.open()
    const begun = browser(shown.authority)
    await begun.ask('POST', '/auth/link/use', { secret: await link() })
    const visits: readonly (readonly [path: string, visit: Visit])[] = [
      ['/sign-in', { signedIn: false }],
      [`/welcome#${await link()}`, { signedIn: false }],
      ['/first-credential', { cookie: begun.cookie().split('=').slice(1).join('=') }],
      [consentPage, {}],
      ['/authorize', {}],
      ['/no/such/page', {}],
      [`/${furnished.account}/no/such/page`, {}],
    ]
    for (const [path, visit] of visits) {
      const outside = await shown.visit('/healthz', visit)
      await prepareKeyboardWalks(outside)
      await outside.goto(path)
      await settled(outside)
      if (path.endsWith('/page')) assert.deepEqual(await violationsInAllThemes(outside, 'no-such-page'), [], path)
      assert.deepEqual(await walkBothWays(outside), [], path)
      await outside.context().close()
    }
  })
})

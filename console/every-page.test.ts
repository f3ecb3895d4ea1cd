/** Every page by keyboard alone: all is reached, named and marked, nothing is hidden, and nobody is kept out. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { makeLocalLink } from '@mintmark/authority/sign-in/links/local-link.ts'
import { realWorld } from '@mintmark/authority/world.ts'
import { browser } from '../testing/browser.ts'
import { barriersInAllLooks, follow, type Page, settled, type Visit } from '../testing/console.ts'
import { addressesOf, consentPage, outsidePages, pages } from '../testing/console-pages.ts'
import { type Furnished, furnish, furnishable } from '../testing/furnished-console.ts'
import { describeInBrowser, sharedConsole } from '../testing/in-browser.ts'
import { prepareWalks, walk } from '../testing/keyboard.ts'

let furnished: Furnished
let page: Page

const shown = sharedConsole(async (console) => {
  furnished = await furnish(console)
  page = await console.visit('/profile')
  await prepareWalks(page)
  await page.reload()
}, furnishable)

const desk = { width: 1280, height: 800 }
const phone = { width: 360, height: 800 }

/** Forwards on a desk and backwards on a phone, so that what stays in sight at either end can hide nothing. */
async function roundBothWays(on: Page): Promise<string[]> {
  await on.emulateMedia({ colorScheme: 'light' })
  await on.setViewportSize(desk)
  const forwards = await walk(on)
  await on.setViewportSize(phone)
  return [...forwards, ...(await walk(on, 'Shift+Tab'))]
}

describeInBrowser('every page', () => {
  test('of the router is tried here', () => {
    const router = readFileSync(new URL('router.tsx', import.meta.url), 'utf8')
    const named = [...router.matchAll(/\b(outside|page|inAccount)\(\s*'([^']+)'|path: '(\/[^']+)'/g)].map(
      ([, kind, path, plain]) => (kind === 'inAccount' ? `/$account${path}` : (path ?? plain)),
    )
    const tried = [...outsidePages, ...pages.map(({ route }) => route).filter((route) => route !== '/$account/')]
    assert.deepEqual(named.toSorted(), tried.toSorted())
  })

  for (const each of pages)
    test(`${each.route} is gone round by the tabulator, and has no barrier`, async () => {
      for (const address of addressesOf(each, furnished)) {
        await follow(page, address)
        const part = /\?tab=(.*)/.exec(address)?.[1] ?? ''
        const name = `${each.route.replace('/$account', '')} ${part}`.trim().replaceAll(/\W+/g, '-')
        assert.deepEqual(await barriersInAllLooks(page, `page-${name}`), [], address)
        assert.deepEqual(await roundBothWays(page), [], address)
      }
    })

  test('outside of the frame is gone round too', async () => {
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
      await prepareWalks(outside)
      await outside.goto(path)
      await settled(outside)
      if (path.endsWith('/page')) assert.deepEqual(await barriersInAllLooks(outside, 'no-such-page'), [], path)
      assert.deepEqual(await roundBothWays(outside), [], path)
      await outside.context().close()
    }
  })
})

/** Every dialog of every page, by keyboard alone: the focus goes in, round, and back; nobody is kept out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barriersInAllLooks, follow, type Page } from '../testing/console.ts'
import { addressesOf, pages } from '../testing/console-pages.ts'
import { actionsOn, leaveDialog, openDialog } from '../testing/dialogs.ts'
import { type Furnished, furnish, furnishable } from '../testing/furnished-console.ts'
import { describeInBrowser, sharedConsole } from '../testing/in-browser.ts'
import { prepareWalks, walk } from '../testing/keyboard.ts'

let furnished: Furnished
let page: Page
const written: string[] = []

sharedConsole(async (console) => {
  furnished = await furnish(console)
  page = await console.visit('/profile/sessions')
  await prepareWalks(page)
  await page.reload()
  page.on('request', (request) => request.method() !== 'GET' && written.push(new URL(request.url()).pathname))
}, furnishable)

/** Done at once, without a dialog, or on another page. */
const atOnce =
  /^(?:Copy|Download|Try|End the session|Add exception|Remove the exception|Use the test|Create (?:role|service account)$|Cancel$)|gitleaks|TruffleHog|^GitLab|^Any scanner/
/** Setting up begins with a secret to scan; it counts for nothing until a code of it is typed. */
const begun = ['/auth/methods/totp']
/** By other tests, these or others of the same make. */
const photographedElsewhere = [
  /^Add (?:access policy|variable|webhook)$/,
  /^Audit event$/,
  /^(?:Create|Rename) (?:environment|workspace)$/,
  /^Delete (?:1 token|first token|leaked|of Ada|network|nightly|Platform|production)\?$/,
  /^End .*\?$/,
  /^Generate a /,
  /^Rotate token$/,
  /^Set up an authenticator app$/,
  /^Where .* was used$/,
]
const looked = new Set<string>()

async function barriersOf(title: string): Promise<string[]> {
  if (looked.has(title) || photographedElsewhere.some((each) => each.test(title))) return []
  looked.add(title)
  const name = title.toLowerCase().replaceAll(/\W+/g, '-').replace(/-$/, '')
  const found = await barriersInAllLooks(page, `dialog-${name}`, '[role="dialog"]')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 800 })
  return found
}

describeInBrowser('every dialog', () => {
  for (const shownPage of pages)
    test(`of ${shownPage.route} opens by a key, keeps the focus, has no barrier, and gives the focus back`, async () => {
      const pressed = new Set<string>()
      for (const address of addressesOf(shownPage, furnished)) {
        await follow(page, address)
        const deeds = (await actionsOn(page)).filter((deed) => !pressed.has(deed) && !atOnce.test(deed))
        for (const deed of deeds) {
          pressed.add(deed)
          const title = await openDialog(page, deed)
          assert.notEqual(title, '', `the dialog of ${deed} has no name`)
          assert.deepEqual(await barriersOf(title), [], deed)
          assert.deepEqual(await walk(page), [], deed)
          await leaveDialog(page, deed)
        }
      }
      assert.deepEqual(written.splice(0), shownPage.route === '/profile/sign-in-methods' ? begun : [])
    })
})

/** Keyboard access and accessibility of every dialog: the focus moves in, stays inside, and returns. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { navigate, type Page, violationsInAllThemes } from '../testing/console/console.ts'
import { type ConsoleFixture, fillConsole, fixtureOptions } from '../testing/console/console-fixture.ts'
import { pages, pathsOf } from '../testing/console/console-pages.ts'
import { actionsOn, closeDialog, openDialog } from '../testing/console/dialogs.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { prepareKeyboardWalks, walkByKeyboard } from '../testing/console/keyboard.ts'

let furnished: ConsoleFixture
let page: Page
const written: string[] = []

sharedConsole(async (console) => {
  furnished = await fillConsole(console)
  page = await console.visit('/profile/sessions')
  await prepareKeyboardWalks(page)
  await page.reload()
  page.on('request', (request) => request.method() !== 'GET' && written.push(new URL(request.url()).pathname))
}, fixtureOptions)

/** Buttons that act at once or open another page instead of a dialog. */
const atOnce =
  /^(?:Copy|Download|Test|Sign out the session|Add exception|Remove (?:exception|[a-z*-]+:)|Use the test|Create (?:role|service account)$|Cancel$)|gitleaks|TruffleHog|^GitLab|^Any scanner/
/** Setup starts with a request for a seed, which has no effect until a code is verified. */
const begun = ['/auth/methods/totp']
/** Dialogs that other tests check. */
const checkedElsewhere = [
  /^Add (?:access policy|variable|webhook)$/,
  /^Audit event$/,
  /^Create (?:environment|workspace)$/,
  /^Rename (?:environment|workspace) “/,
  /^Revoke (?:1 token|token “(?:first token|leaked|of Ada)”)\?$/,
  /^Delete (?:workspace “network”|service account “nightly”|team “Platform”|environment “production”)\?$/,
  /^Revoke (?:this token|token family|tokens used .*|all tokens .*)\?$/,
  /^Create a /,
  /^Rotate token “/,
  /^Set up authenticator app$/,
]
/** Dialogs that are not about one named object. */
const withoutObject =
  /^(?:Add|Create|Invite|Set) |^(?:Change (?:password|email address)|Audit event|Sign out all other sessions\?|Revoke (?:this token|token family|tokens used .*|all tokens .*|\d+ tokens?)\?)$/
const namesObject =
  /(?:^| )(?:user|team|member|service account|token|role|environment|workspace|variable|webhook|passkey) “.+”/
const looked = new Set<string>()

async function violationsOf(title: string): Promise<string[]> {
  if (looked.has(title) || checkedElsewhere.some((each) => each.test(title))) return []
  looked.add(title)
  const name = title.toLowerCase().replaceAll(/\W+/g, '-').replace(/-$/, '')
  const found = await violationsInAllThemes(page, `dialog-${name}`, '[role="dialog"]')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 800 })
  return found
}

describeInBrowser('every dialog', () => {
  for (const shownPage of pages)
    test(`of ${shownPage.route} opens by key, keeps the focus, has no accessibility violations, and returns the focus`, async () => {
      const pressed = new Set<string>()
      for (const address of pathsOf(shownPage, furnished)) {
        await navigate(page, address)
        const actions = (await actionsOn(page)).filter((action) => !pressed.has(action) && !atOnce.test(action))
        for (const action of actions) {
          pressed.add(action)
          const title = await openDialog(page, action)
          if (!withoutObject.test(title)) assert.match(title, namesObject, action)
          assert.deepEqual(await violationsOf(title), [], action)
          assert.deepEqual(await walkByKeyboard(page), [], action)
          await closeDialog(page, action)
        }
      }
      assert.deepEqual(written.splice(0), shownPage.route === '/profile/sign-in-methods' ? begun : [])
    })
})

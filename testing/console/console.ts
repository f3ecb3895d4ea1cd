/** For tests: the console of a running authority in a real browser. */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { makeLocalLink } from '../../authority/sign-in/links/local-link.ts'
import { realWorld } from '../../authority/world.ts'
import { type Authority, document as documentOf, type StartOptions, startAuthority } from '../kit.ts'
import { type Browser, type Page, startBrowser } from './chromium.ts'
import { openVisits, type Visit, type Visits } from './visits.ts'

export { noBrowser, type Page } from './chromium.ts'
export type { Visit } from './visits.ts'

/** The password of the owner. */
export const password = 'correct horse battery staple 9'

export interface Console extends Visits {
  readonly authority: Authority
  readonly browser: Browser
  readonly address: string
  /** Invites a user without permissions. Returns their session cookie for `Visit`. */
  newcomer(email: string): Promise<string>
}

export async function openConsole(
  test: { after(end: () => unknown): void },
  options: StartOptions = {},
): Promise<Console> {
  const authority = await startAuthority(test as never, { ...options, watchesEventLoop: false })
  await authority.app.server.listen({ port: 0, host: 'localhost' })
  const { port } = authority.app.server.server.address() as AddressInfo
  const address = `http://localhost:${port}`
  const ownCookie = await cookieOf(authority, `localhost:${port}`)
  const browser = await startBrowser(test)
  const visits = openVisits(browser, address, ownCookie)
  const newcomer = async (email: string) => {
    const path = `/accounts/${authority.prepared.account}/actions/invite`
    await authority.call('POST', path, { body: documentOf('users', { email }) })
    return cookieOf(authority, `localhost:${port}`, email)
  }
  return { authority, browser, address, ...visits, newcomer }
}

/** Signs in the owner or another user, who gets a password. Returns the session cookie. */
async function cookieOf({ app, database }: Authority, host: string, email?: string): Promise<string> {
  const headers = { host, 'x-mintmark-console': '1', 'content-type': 'application/json' }
  const { secret } = await makeLocalLink(database, realWorld, email)
  const signedIn = await app.server.inject({
    method: 'POST',
    url: '/auth/link/use',
    headers,
    payload: { secret: secret.open() },
  })
  const [first] = signedIn.cookies
  const set = await app.server.inject({
    method: 'PUT',
    url: '/auth/methods/password',
    headers: { ...headers, cookie: `${first?.name}=${first?.value}` },
    payload: { password },
  })
  return set.cookies[0]?.value ?? ''
}

/** If set, the tests take screenshots. */
const picturesVariable = 'MINTMARK_TEST_PICTURES'
export const takesPictures = Boolean(process.env[picturesVariable])
const pictures = join(import.meta.dirname, '../../console/screenshots')

/** Takes a screenshot for a visual review. Off by default because it is slow; the folder is ignored by git. */
async function takePicture(page: Page, name: string): Promise<void> {
  if (!takesPictures) return
  mkdirSync(pictures, { recursive: true })
  // The backdrop of a dialog is as tall as the window.
  const fullPage = (await page.getByRole('dialog').count()) === 0
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage, animations: 'disabled' })
}

const axeScript = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Loads axe by evaluation, because the CSP of the page blocks foreign scripts. */
export async function loadAxe(page: Page): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(readFileSync(axeScript, 'utf8'))
}

/** Returns the accessibility violations that axe finds in the page or a part of it, one line each. */
export async function accessibilityViolations(page: Page, part = 'html', rules?: readonly string[]): Promise<string[]> {
  await loadAxe(page)
  const runOnly = rules && { runOnly: { type: 'rule', values: rules } }
  const input = { part, options: { resultTypes: ['violations'], ...runOnly } }
  return page.evaluate(async ({ part, options }) => {
    const { axe } = window as unknown as {
      axe: { run(part: string, options: object): Promise<{ violations: Violation[] }> }
    }
    interface Violation {
      readonly id: string
      readonly help: string
      readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[]
    }
    const { violations } = await axe.run(part, options)
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')} (${failureSummary ?? ''})`),
    )
  }, input)
}

/** Returns where in the browser a text is found: document, storage, history, cookies and so on. */
export async function findInBrowser(page: Page, text: string): Promise<string[]> {
  const inPage = await page.evaluate(async (searched) => {
    const fields = [...document.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value)
    const stores = [localStorage, sessionStorage].map((store) => JSON.stringify({ ...store }))
    const databases = (await indexedDB.databases()).map(({ name }) => name ?? '')
    const all = {
      document: document.documentElement.outerHTML,
      fields: fields.join('\n'),
      stores: stores.join('\n'),
      databases: databases.join('\n'),
      caches: (await caches.keys()).join('\n'),
      history: JSON.stringify(history.state),
      address: location.href,
      cookies: document.cookie,
      title: document.title,
    }
    return Object.entries(all).flatMap(([place, content]) => (content.includes(searched) ? [place] : []))
  }, text)
  return inPage
}

/** Each width and each theme is fully checked once; the dark theme on a desktop is checked for contrast only. */
const looks = [
  { colors: 'light', width: 1280 },
  { colors: 'dark', width: 1280, rules: ['color-contrast'] },
  { colors: 'dark', width: 360 },
] as const

/** Waits for the heading and until nothing is loading. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await loaded(page)
}

/** Waits until nothing is loading. */
export async function loaded(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector('[role="status"][aria-label="Loading"]'))
}

interface Router {
  navigate(to: { readonly href: string }): Promise<void>
  readonly state: { readonly status: string }
}

/** Navigates within the console with its router, which is much faster than a page load. */
export async function navigate(page: Page, path: string): Promise<void> {
  await page.evaluate(async (href) => {
    const { __TSR_ROUTER__: router } = window as unknown as { __TSR_ROUTER__: Router }
    await router.navigate({ href })
  }, path)
  await page.waitForFunction(
    () => (window as unknown as { __TSR_ROUTER__: Router }).__TSR_ROUTER__.state.status === 'idle',
  )
  await settled(page)
}

/** Returns the accessibility violations in both themes, on desktop and phone. Leaves the page dark and narrow. */
export async function violationsInAllThemes(page: Page, name: string, part?: string): Promise<string[]> {
  const found: string[] = []
  for (const { colors, width, ...look } of looks) {
    await page.emulateMedia({ colorScheme: colors })
    await page.setViewportSize({ width, height: 800 })
    // An open dropdown is repositioned shortly after a resize.
    const fits = page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, null, {
      timeout: 2_000,
    })
    const isTooWide = await fits.then(
      () => false,
      () => true,
    )
    const here = [
      ...(await accessibilityViolations(page, part, 'rules' in look ? look.rules : undefined)),
      ...(isTooWide ? ['the page is too wide'] : []),
    ]
    found.push(...here.map((each) => `${colors} ${width}: ${each}`))
    await takePicture(page, `${name}-${colors}-${width}`)
  }
  return found
}

/** The same for a newly opened page. */
export async function violationsAt(shown: Console, path: string, name: string, visit: Visit = {}): Promise<string[]> {
  const page = await shown.visit(path, visit)
  await settled(page)
  const found = await violationsInAllThemes(page, name)
  await shown.release(page.context())
  return found
}

/** Selects an option of a searchable select. */
export async function choose(page: Page, field: string, option: string): Promise<void> {
  const name = new RegExp(`^${field}`)
  await page.getByRole('combobox', { name }).or(page.getByRole('textbox', { name })).first().click()
  await page.getByRole('option', { name: option }).first().click()
  // Multi-selects stay open.
  if (await page.getByRole('listbox').isVisible()) await page.keyboard.press('Escape')
}

/** The console of a real authority in a real browser, for its tests. */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { makeLocalLink } from '@mintmark/authority/sign-in/links/local-link.ts'
import { realWorld } from '@mintmark/authority/world.ts'
import { type Browser, type Page, startBrowser } from './chromium.ts'
import { type Authority, document as documentOf, type StartOptions, startAuthority } from './kit.ts'

export { noBrowser, type Page } from './chromium.ts'

/** Of the owner. */
export const password = 'correct horse battery staple 9'

export interface Console {
  readonly authority: Authority
  readonly browser: Browser
  readonly address: string
  /** A page of its own, signed in as the owner unless told. */
  visit(path: string, options?: Visit): Promise<Page>
  /** Invites a person who may do nothing yet; gives the cookie of their session for `Visit`. */
  newcomer(email: string): Promise<string>
}

export interface Visit {
  readonly colors?: 'light' | 'dark'
  readonly width?: number
  readonly signedIn?: boolean
  /** Of somebody else's session. */
  readonly cookie?: string
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
  const visit: Console['visit'] = async (path, options = {}) => {
    const { colors = 'light', width = 1280, signedIn = true, cookie = ownCookie } = options
    const context = await browser.newContext({
      baseURL: address,
      colorScheme: colors,
      viewport: { width, height: 800 },
      reducedMotion: 'reduce',
    })
    context.setDefaultTimeout(10_000)
    if (signedIn)
      await context.addCookies([
        {
          name: '__Host-mintmark',
          value: cookie,
          url: 'https://localhost',
          secure: true,
          httpOnly: true,
          sameSite: 'Strict',
        },
      ])
    const page = await context.newPage()
    await page.goto(path)
    return page
  }
  const newcomer = async (email: string) => {
    const path = `/accounts/${authority.prepared.account}/actions/invite`
    await authority.call('POST', path, { body: documentOf('users', { email }) })
    return cookieOf(authority, `localhost:${port}`, email)
  }
  return { authority, browser, address, visit, newcomer }
}

/** A session of the owner or somebody else, who gets a password. Proven just now, as after every sign-in. */
async function cookieOf({ app, database }: Authority, host: string, email?: string): Promise<string> {
  const asked = { host, 'x-mintmark-console': '1', 'content-type': 'application/json' }
  const { secret } = await makeLocalLink(database, realWorld, email)
  const come = await app.server.inject({
    method: 'POST',
    url: '/auth/link/use',
    headers: asked,
    payload: { secret: secret.open() },
  })
  const [first] = come.cookies
  const set = await app.server.inject({
    method: 'PUT',
    url: '/auth/methods/password',
    headers: { ...asked, cookie: `${first?.name}=${first?.value}` },
    payload: { password },
  })
  return set.cookies[0]?.value ?? ''
}

/** Set to anything, the tests take a picture of everything they look at. */
const picturesVariable = 'MINTMARK_TEST_PICTURES'
export const takesPictures = Boolean(process.env[picturesVariable])
const pictures = join(import.meta.dirname, '../console/screenshots')

/** To be looked at by whoever changes the console, and only made for them, because it takes long; ignored by git. */
async function picture(page: Page, name: string): Promise<void> {
  if (!takesPictures) return
  mkdirSync(pictures, { recursive: true })
  // The ground below a dialog is as tall as the window.
  const fullPage = (await page.getByRole('dialog').count()) === 0
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage, animations: 'disabled' })
}

const axeScript = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** The policy of the page lets no foreign script in; evaluated in the page by the test, it is none. */
export async function bringAxe(page: Page): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(readFileSync(axeScript, 'utf8'))
}

/** What keeps somebody from using the page, or a part of it, as axe sees it: rule and place, a line each. */
export async function barriers(page: Page, part = 'html', rules?: readonly string[]): Promise<string[]> {
  await bringAxe(page)
  const runOnly = rules && { runOnly: { type: 'rule', values: rules } }
  const asked = { part, options: { resultTypes: ['violations'], ...runOnly } }
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
  }, asked)
}

/** Where in the browser a text can still be found: nowhere is as it should be. */
export async function placesOf(page: Page, text: string): Promise<string[]> {
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

/** Each width and each theme is looked at whole once, and what a theme changes on a desk, where more is in sight. */
const looks = [
  { colors: 'light', width: 1280 },
  { colors: 'dark', width: 1280, rules: ['color-contrast'] },
  { colors: 'dark', width: 360 },
] as const

/** Until nothing is being loaded any more. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await loaded(page)
}

/** Until nothing on the page is still being loaded. */
export async function loaded(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector('[role="status"][aria-label="Loading"]'))
}

interface Router {
  navigate(to: { readonly href: string }): Promise<void>
  readonly state: { readonly status: string }
}

/** From one page of the console to another as its links lead, which is much faster than to load it anew. */
export async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate(async (href) => {
    const { __TSR_ROUTER__: router } = window as unknown as { __TSR_ROUTER__: Router }
    await router.navigate({ href })
  }, path)
  await page.waitForFunction(
    () => (window as unknown as { __TSR_ROUTER__: Router }).__TSR_ROUTER__.state.status === 'idle',
  )
  await settled(page)
}

/** What keeps somebody from using a page as it stands, in both colours, on a desk and on a phone. It stays dark and narrow. */
export async function barriersInAllLooks(page: Page, name: string, part?: string): Promise<string[]> {
  const found: string[] = []
  for (const { colors, width, ...look } of looks) {
    await page.emulateMedia({ colorScheme: colors })
    await page.setViewportSize({ width, height: 800 })
    // An open list finds its new place a moment after the window has changed.
    const fits = page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, null, {
      timeout: 2_000,
    })
    const isTooWide = await fits.then(
      () => false,
      () => true,
    )
    const here = [
      ...(await barriers(page, part, 'rules' in look ? look.rules : undefined)),
      ...(isTooWide ? ['it is too wide'] : []),
    ]
    found.push(...here.map((each) => `${colors} ${width}: ${each}`))
    await picture(page, `${name}-${colors}-${width}`)
  }
  return found
}

/** The same for a page that is opened for it. */
export async function barriersAt(shown: Console, path: string, name: string, visit: Visit = {}): Promise<string[]> {
  const page = await shown.visit(path, visit)
  await settled(page)
  const found = await barriersInAllLooks(page, name)
  await page.context().close()
  return found
}

/** Chooses from a list that opens when one types. */
export async function choose(page: Page, field: string, option: string): Promise<void> {
  await page
    .getByRole('combobox', { name: field })
    .or(page.getByRole('textbox', { name: field }))
    .first()
    .click()
  await page.getByRole('option', { name: option }).first().click()
  // A list of which several may be chosen stays open.
  if (await page.getByRole('listbox').isVisible()) await page.keyboard.press('Escape')
}

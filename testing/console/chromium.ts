/** A Chromium from npm, so that none needs to be installed. One per test file; a fresh profile per page. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import chromiumPackage, { inflate } from '@sparticuz/chromium'
import { type Browser, chromium, type Page } from 'playwright-core'

export type { Browser, BrowserContext, Page } from 'playwright-core'

/** The path of an installed Chromium to use instead. */
const chosenVariable = 'MINTMARK_TEST_CHROMIUM'

const packageFolder = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../bin')
const cachedFolder = join(import.meta.dirname, '../../node_modules/.cache/chromium-153.0.0')

/** The exit code of a test file whose browser stopped rendering. */
export const browserHung = 75

/** Why no browser is available; undefined if one is. */
export const noBrowser: string | undefined =
  process.env[chosenVariable] || (process.platform === 'linux' && process.arch === 'x64')
    ? undefined
    : `the browser from npm runs on Linux with x64 only; name another one in ${chosenVariable}`

export async function startBrowser(test: { after(end: () => unknown): void }): Promise<Browser> {
  const chosen = process.env[chosenVariable]
  const folder = chosen ? undefined : await unpackChromium()
  const executablePath = chosen ?? join(folder as string, 'chromium')
  // The sandbox is unavailable as root; the tests open only our own pages.
  const args = ['--no-sandbox', '--no-zygote', '--disable-gpu', '--font-render-hinting=none']
  const launch = (env: Record<string, string | undefined>) =>
    chromium.launch({
      executablePath,
      args,
      chromiumSandbox: false,
      env: { ...process.env, ...env } as Record<string, string>,
    })
  const fonts = existsSync('/etc/fonts/fonts.conf') || !folder ? {} : { FONTCONFIG_PATH: join(folder, 'fonts') }
  const browser = await launch(fonts).catch((error: unknown) => {
    if (!folder) throw error
    // Without desktop libraries, use those of the package.
    return launch({ ...fonts, LD_LIBRARY_PATH: join(folder, 'al2023/lib') })
  })
  const watch = setInterval(() => void exitIfStalled(browser), watchedEveryMilliseconds).unref()
  test.after(() => {
    clearInterval(watch)
    return browser.close()
  })
  return browser
}

const watchedEveryMilliseconds = 4_000
const stillMilliseconds = 10_000

/**
 * On a busy machine this browser can stop rendering permanently: scripts run, but frames, key presses and screenshots hang.
 * The test result is meaningless then, so the process exits with a special code, and the test runner restarts the file.
 */
async function exitIfStalled(browser: Browser): Promise<void> {
  const pages = browser.contexts().flatMap((context) => context.pages())
  const does = (script: string) => Promise.all(pages.map((page) => page.evaluate(script).catch(() => undefined)))
  const inTime = (work: Promise<unknown>) =>
    Promise.race([work.then(() => true), new Promise((done) => setTimeout(done, stillMilliseconds, false).unref())])
  if (await inTime(does('new Promise(requestAnimationFrame)'))) return
  if ((await inTime(does('true'))) && browser.isConnected()) process.exit(browserHung)
}

/** Unpacks once for all test files, which start in parallel: into a temporary folder that is renamed when complete. */
async function unpackChromium(): Promise<string> {
  if (existsSync(cachedFolder)) return cachedFolder
  mkdirSync(dirname(cachedFolder), { recursive: true })
  const fresh = mkdtempSync(`${cachedFolder}-`)
  const { TMPDIR } = process.env
  // The package unpacks to TMPDIR.
  process.env['TMPDIR'] = fresh
  try {
    await chromiumPackage.executablePath()
    await inflate(join(packageFolder, 'al2023.tar.br'))
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = TMPDIR
  }
  try {
    renameSync(fresh, cachedFolder)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(cachedFolder)) throw error
  }
  return cachedFolder
}

/** Signs in with a sign-in link and sets this password. */
export async function signInByLink(page: Page, link: string, password: string): Promise<void> {
  await page.goto(link)
  await page.getByRole('button', { name: /^(?:Get started|Continue)$/ }).click()
  await page.getByRole('button', { name: 'Use a password instead' }).click()
  await page.getByLabel('New password').fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor()
}

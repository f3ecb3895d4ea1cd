/** A real browser from npm alone, on a machine that has none. One for each file of tests; a fresh profile for each page. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import chromiumPackage, { inflate } from '@sparticuz/chromium'
import { type Browser, chromium, type Page } from 'playwright-core'

export type { Browser, Page } from 'playwright-core'

/** Names a Chromium that is there already. */
const chosenVariable = 'MINTMARK_TEST_CHROMIUM'

const packed = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../bin')
const kept = join(import.meta.dirname, '../node_modules/.cache/chromium-153.0.0')

/** The exit code of a file of tests whose browser stopped to draw. */
export const browserStoodStill = 75

/** Why there is no browser for tests here; undefined when there is one. */
export const noBrowser: string | undefined =
  process.env[chosenVariable] || (process.platform === 'linux' && process.arch === 'x64')
    ? undefined
    : `the browser from npm runs on Linux with x64 only; name another one in ${chosenVariable}`

export async function startBrowser(test: { after(end: () => unknown): void }): Promise<Browser> {
  const chosen = process.env[chosenVariable]
  const folder = chosen ? undefined : await unpacked()
  const executablePath = chosen ?? join(folder as string, 'chromium')
  // As root there is no sandbox to be had; the pages are our own.
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
    // The libraries of a desktop are missing: the package brings those that matter.
    return launch({ ...fonts, LD_LIBRARY_PATH: join(folder, 'al2023/lib') })
  })
  const watch = setInterval(() => void watched(browser), watchedEveryMilliseconds).unref()
  test.after(() => {
    clearInterval(watch)
    return browser.close()
  })
  return browser
}

const watchedEveryMilliseconds = 4_000
const stillMilliseconds = 10_000

/**
 * On a busy machine this browser may stop to draw, for good and in every page: scripts go on, but no frame comes, no key
 * and no picture is answered, and tests wait for ever. What was tried says nothing then, so the process ends with an
 * exit code of its own, and whoever runs the tests begins the file anew.
 */
async function watched(browser: Browser): Promise<void> {
  const pages = browser.contexts().flatMap((context) => context.pages())
  const does = (script: string) => Promise.all(pages.map((page) => page.evaluate(script).catch(() => undefined)))
  const inTime = (work: Promise<unknown>) =>
    Promise.race([work.then(() => true), new Promise((done) => setTimeout(done, stillMilliseconds, false).unref())])
  if (await inTime(does('new Promise(requestAnimationFrame)'))) return
  if ((await inTime(does('true'))) && browser.isConnected()) process.exit(browserStoodStill)
}

/** Once for all: into a folder beside, which takes its name when it is whole, because several files of tests begin at once. */
async function unpacked(): Promise<string> {
  if (existsSync(kept)) return kept
  mkdirSync(dirname(kept), { recursive: true })
  const fresh = mkdtempSync(`${kept}-`)
  const { TMPDIR } = process.env
  // The package unpacks to the folder for temporary files.
  process.env.TMPDIR = fresh
  try {
    await chromiumPackage.executablePath()
    await inflate(join(packed, 'al2023.tar.br'))
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
  try {
    renameSync(fresh, kept)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(kept)) throw error
  }
  return kept
}

/** Comes in by a one-time link, for the first time, and chooses this password. */
export async function signInByLink(page: Page, link: string, password: string): Promise<void> {
  await page.goto(link)
  await page.getByRole('button', { name: /^(?:Begin|Continue)$/ }).click()
  await page.getByRole('button', { name: 'Use a password instead' }).click()
  await page.getByLabel('New password').fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor()
}

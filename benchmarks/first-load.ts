import { signInLink } from '@mintmark/authority'
import { strong } from '../testing/browser.ts'
import { type Browser, noBrowser, signInByLink, startBrowser } from '../testing/console/chromium.ts'
import type { Bench } from './benchmarks.ts'
import { compared, type Row, takeTurns } from './figures/row.ts'
import { startAuthority } from './processes.ts'
import { prepareStore } from './store.ts'

type Session = Awaited<ReturnType<typeof signedIn>>

/** The first load of the console in a browser with an empty cache, beside an empty page of the same server. */
export async function firstLoad({ folder, scale }: Bench): Promise<Row[]> {
  if (noBrowser) throw new Error(noBrowser)
  const { settings } = await prepareStore(folder('first-load'))
  await using ends = new AsyncDisposableStack()
  const authority = ends.use(await startAuthority(settings))
  const browser = await startBrowser({ after: (end) => ends.defer(async () => void (await end())) })
  const address = authority.address.replace('127.0.0.1', 'localhost')
  const link = await signInLink(settings)
  const session = await signedIn(browser, `${address}/welcome#${link.secret.open()}`)
  const turns = await takeTurns(
    scale.turns,
    () => home(browser, session, address),
    () => emptyPage(browser, address),
  )
  const { value, baseline } = compared(turns)
  return [
    { name: 'console: home answers a key, nothing cached', unit: 'ms', value, baseline, target: { atMost: 1_000 } },
  ]
}

async function signedIn(browser: Browser, link: string) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await signInByLink(page, link, strong)
  const state = await context.storageState()
  await context.close()
  return state
}

/** Waits until the command palette has opened after its keyboard shortcut. */
async function home(browser: Browser, storageState: Session, address: string): Promise<number> {
  const context = await browser.newContext({ storageState })
  const page = await context.newPage()
  const startedAt = performance.now()
  await page.goto(address, { waitUntil: 'commit' })
  await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or go to' }).waitFor()
  const milliseconds = performance.now() - startedAt
  await context.close()
  return milliseconds
}

async function emptyPage(browser: Browser, address: string): Promise<number> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const startedAt = performance.now()
  await page.goto(`${address}/healthz`)
  const milliseconds = performance.now() - startedAt
  await context.close()
  return milliseconds
}

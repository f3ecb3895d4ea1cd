/** Pages of the console for tests. A context is cleared and reused, because loading the console again in it takes a third of the time. */
import type { Browser, BrowserContext, Page } from './chromium.ts'

export interface Visit {
  readonly colors?: 'light' | 'dark'
  readonly width?: number
  readonly signedIn?: boolean
  /** The session cookie of another user. */
  readonly cookie?: string
  /** For tests that change the context permanently: init scripts, exposed functions, permissions, virtual devices. */
  readonly ownContext?: boolean
}

export interface Visits {
  /** Opens a page without any state of earlier tests, signed in as the owner by default. */
  visit(path: string, options?: Visit): Promise<Page>
  /** The contexts of the visits that were not released. */
  readonly visited: Set<BrowserContext>
  /** Ends a visit. */
  release(context: BrowserContext): Promise<void>
}

export function openVisits(browser: Browser, address: string, ownCookie: string): Visits {
  const visited = new Set<BrowserContext>()
  const reusable = new Set<BrowserContext>()
  const idle: Page[] = []

  const openPage = async (ownContext: boolean) => {
    const context = await browser.newContext({ baseURL: address, reducedMotion: 'reduce' })
    context.setDefaultTimeout(10_000)
    if (!ownContext) reusable.add(context)
    return context.newPage()
  }

  return {
    visited,
    visit: async (path, options = {}) => {
      const { colors = 'light', width = 1280, signedIn = true, cookie = ownCookie, ownContext = false } = options
      const page = (ownContext ? undefined : idle.pop()) ?? (await openPage(ownContext))
      visited.add(page.context())
      await page.emulateMedia({ colorScheme: colors })
      await page.setViewportSize({ width, height: 800 })
      if (signedIn) await page.context().addCookies([{ ...sessionCookie, value: cookie }])
      await page.goto(path)
      return page
    },
    release: async (context) => {
      visited.delete(context)
      const [page, ...others] = context.pages()
      if (!page || !reusable.has(context)) return context.close()
      for (const each of others) await each.close()
      await context.unrouteAll({ behavior: 'ignoreErrors' })
      await page.unrouteAll({ behavior: 'ignoreErrors' })
      // Of the same origin, so that the process of the page and its compiled scripts remain.
      await page.goto('/healthz')
      await page.evaluate(() => {
        localStorage.clear()
        sessionStorage.clear()
      })
      await context.clearCookies()
      await page.mouse.move(0, 0)
      idle.push(page)
    },
  }
}

const sessionCookie = {
  name: '__Host-mintmark',
  url: 'https://localhost',
  secure: true,
  httpOnly: true,
  sameSite: 'Strict',
} as const

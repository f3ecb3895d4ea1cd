import { basePath } from '@mintmark/contract'
import type { Page } from './chromium.ts'

/** Records the requests of a page to the API from now on, without those for files of the console. */
export function recordApiRequests(page: Page): string[] {
  const sent: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (pathname.startsWith(basePath) || pathname.startsWith('/auth/'))
      sent.push(`${request.method()} ${pathname}${search}`)
  })
  return sent
}

/** Setup of test files that use the console in a real browser. */
import { after, afterEach, before, beforeEach, describe } from 'node:test'
import type { StartOptions } from '../kit.ts'
import { type Console, noBrowser, openConsole } from './console.ts'

/**
 * Returns the console that the tests of one file share. It is opened before the first test and closed after the last, and
 * stays empty where no browser is available.
 */
export function sharedConsole(prepare?: (shown: Console) => unknown, options: StartOptions = {}): Console {
  const shown = {} as Console
  const lifted: (() => unknown)[] = []
  before(async () => {
    if (noBrowser) return
    Object.assign(shown, await openConsole({ after: (end) => void lifted.push(end) }, options))
    await prepare?.(shown)
  })
  beforeEach(() => shown.visited?.clear())
  // Pages that stay open would continue to render and to send requests.
  afterEach(async () => {
    for (const context of shown.visited ?? []) await shown.release(context)
  })
  after(async () => {
    for (const end of lifted.reverse()) await end()
  })
  return shown
}

/** Describes sequential tests. They are skipped with the reason where no browser is available. */
export function describeInBrowser(name: string, tests: () => void): void {
  describe(name, { skip: noBrowser ?? false, concurrency: false }, tests)
}

/** What a file of tests begins with that looks at the console in a real browser. */
import { after, before, describe } from 'node:test'
import { type Console, noBrowser, openConsole } from './console.ts'
import type { StartOptions } from './kit.ts'

/**
 * The console that the tests of one file share: opened before the first of them, closed after the last. It is empty until
 * then, and stays so where no browser runs.
 */
export function sharedConsole(prepare?: (shown: Console) => unknown, options: StartOptions = {}): Console {
  const shown = {} as Console
  const lifted: (() => unknown)[] = []
  before(async () => {
    if (noBrowser) return
    Object.assign(shown, await openConsole({ after: (end) => void lifted.push(end) }, options))
    await prepare?.(shown)
  })
  after(async () => {
    for (const end of lifted.reverse()) await end()
  })
  return shown
}

/** Tests one after the other; where no browser runs they are left out under this name, with the reason. */
export function describeInBrowser(name: string, tests: () => void): void {
  describe(name, { skip: noBrowser ?? false, concurrency: false }, tests)
}

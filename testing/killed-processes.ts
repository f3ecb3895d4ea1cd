/** Helpers of the tests that kill an authority. */
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { temporaryPostgres } from './postgres.ts'
import { temporaryFolder } from './temporary-folder.ts'

const atOnce = 16

export const stores = {
  sqlite: async (t: TestContext) => ({ file: join(temporaryFolder(t), 'mintmark.db') }),
  postgres: async (t: TestContext) => ({ url: await temporaryPostgres(t) }),
}

/** Runs `work` for each item, a few at a time, until all are done or one rejects. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  const outcomes = await Promise.allSettled(Array.from({ length: atOnce }, worker))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}
